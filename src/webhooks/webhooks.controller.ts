import { Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ConditionalGet, ETagged } from '../common/conditional/etag.decorators.js';
import { IfMatch, type ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { Versioned } from '../common/conditional/versioned.js';
import { Created } from '../common/created.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { pageOf, upTo } from '../common/paging/page.js';
import { PageQuery } from '../common/paging/page.query.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { CreatedWebhookDto } from './dto/created-webhook.dto.js';
import { DEFAULT_OVERLAP_SECONDS, RotateSecretDto } from './dto/rotate-secret.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { WebhookTestDto } from './dto/webhook-test.dto.js';
import { WebhookDto, WebhookPageDto } from './dto/webhook.dto.js';
import { afterWebhook, webhookAfter } from './webhook-cursors.js';
import { WebhookTestsService } from './webhook-tests.service.js';
import type { WebhookView } from './webhook-view.js';
import { WebhooksService } from './webhooks.service.js';

/** Where a service has its own events sent. */
@Allow('superservice', 'tenant')
@V1Controller('webhooks', 'webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly tests: WebhookTestsService,
  ) {}

  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Have events sent',
    description:
      'From what happens next on. The answer holds the secret that they are signed with, this once. A service has 20 at most.',
  })
  @Created(CreatedWebhookDto, '/v1/webhooks')
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'WEBHOOK_LIMIT')
  @Post()
  async create(
    @CurrentService() service: AuthenticatedService,
    @StrictBody() body: CreateWebhookDto,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<Versioned<CreatedWebhookDto>> {
    const made = await this.webhooks.create(service, CreateWebhookDto.settingsOf(body), id);
    return new Versioned(CreatedWebhookDto.of(made), made.webhook.revision);
  }

  @ApiOperation({
    operationId: 'listWebhooks',
    summary: 'List webhooks',
    description: 'Oldest first.',
  })
  @ApiOkResponse({ type: WebhookPageDto })
  @ApiErrors('INVALID_REQUEST')
  @Get()
  async find(
    @CurrentService() service: AuthenticatedService,
    @StrictQuery() { limit, cursor }: PageQuery,
  ): Promise<WebhookPageDto> {
    const page = { limit: limit + 1, after: webhookAfter(cursor) };
    const found = await this.webhooks.find(service._id, page);
    return pageOf(upTo(limit, found), {
      cursorOf: afterWebhook,
      toItem: (webhook) => WebhookDto.from(webhook),
    });
  }

  @ApiOperation({ operationId: 'getWebhook', summary: 'Read a webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ConditionalGet()
  @ApiErrors('WEBHOOK_NOT_FOUND')
  @Get(':webhook')
  async findOne(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') id: string,
  ): Promise<Versioned<WebhookDto>> {
    return versioned(await this.webhooks.findOne(service._id, id));
  }

  @ApiOperation({
    operationId: 'updateWebhook',
    summary: 'Change a webhook',
    description:
      'JSON Merge Patch: what is left out stays, null takes it away. In force within a second. Switched on again it goes on ' +
      'with what has happened since, as far as that is kept.',
  })
  @ApiOkResponse({ type: WebhookDto })
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'PRECONDITION_FAILED', 'WEBHOOK_NOT_FOUND')
  @Patch(':webhook')
  async update(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') id: string,
    @StrictBody() body: UpdateWebhookDto,
    @IfMatch() expected: ExpectedRevisions,
    @ResourceId() changeId?: Types.ObjectId,
  ): Promise<Versioned<WebhookDto>> {
    const changes = UpdateWebhookDto.changesOf(body);
    return versioned(await this.webhooks.update(service._id, id, changes, { expected, changeId }));
  }

  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'What was not sent by then is not.',
  })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiErrors('INVALID_REQUEST', 'PRECONDITION_FAILED', 'WEBHOOK_NOT_FOUND')
  @WholePath()
  @HttpCode(204)
  @Delete(':webhook')
  remove(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') id: string,
    @IfMatch() expected: ExpectedRevisions,
  ): Promise<void> {
    return this.webhooks.remove(service._id, id, expected);
  }

  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Replace the secret',
    description:
      'The answer holds the new one, this once. Events are signed with both for a while: take both until all is changed over.',
  })
  @ApiBody({ type: RotateSecretDto, required: false })
  @ApiOkResponse({ type: CreatedWebhookDto })
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'WEBHOOK_NOT_FOUND')
  @HttpCode(200)
  @Post(':webhook/rotate-secret')
  async rotate(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') id: string,
    @StrictBody({ isOptional: true }) { overlapSeconds = DEFAULT_OVERLAP_SECONDS }: RotateSecretDto,
    @ResourceId() changeId?: Types.ObjectId,
  ): Promise<Versioned<CreatedWebhookDto>> {
    const rotated = await this.webhooks.rotate(service._id, id, overlapSeconds, changeId);
    return new Versioned(CreatedWebhookDto.of(rotated), rotated.webhook.revision);
  }

  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Try a webhook out',
    description:
      'Sends an event of type `webhook.test` now, which is in no log, and answers what came of it.',
  })
  @ApiOkResponse({ type: WebhookTestDto })
  @Idempotent()
  @ApiErrors('WEBHOOK_NOT_FOUND')
  @HttpCode(200)
  @Post(':webhook/test')
  async test(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') id: string,
  ): Promise<WebhookTestDto> {
    return WebhookTestDto.from(await this.tests.run(service._id, id));
  }
}

function versioned(webhook: WebhookView): Versioned<WebhookDto> {
  return new Versioned(WebhookDto.from(webhook), webhook.revision);
}
