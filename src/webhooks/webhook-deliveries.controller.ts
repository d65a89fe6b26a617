import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Types } from 'mongoose';
import { Allow } from '../auth/allow.decorator.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { CurrentService } from '../auth/current-service.decorator.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { pageOf, upTo } from '../common/paging/page.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { DeliveriesService } from './deliveries.service.js';
import { ListDeliveriesQuery } from './dto/list-deliveries.query.js';
import { RecoverWebhookDto } from './dto/recover-webhook.dto.js';
import { WebhookDeliveryDto, WebhookDeliveryPageDto } from './dto/webhook-delivery.dto.js';
import { WebhookRecoveryDto } from './dto/webhook-recovery.dto.js';
import { afterDelivery, deliveryAfter } from './webhook-cursors.js';

/** What became of events at a service's own webhooks. */
@Allow('superservice', 'tenant')
@V1Controller('webhooks/:webhook', 'webhooks')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List deliveries',
    description: 'Of the newest event first; seven days after the last attempt they are forgotten.',
  })
  @ApiOkResponse({ type: WebhookDeliveryPageDto })
  @ApiErrors('INVALID_REQUEST', 'WEBHOOK_NOT_FOUND')
  @Get('deliveries')
  async find(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') webhook: string,
    @StrictQuery() { limit, cursor, status }: ListDeliveriesQuery,
  ): Promise<WebhookDeliveryPageDto> {
    const page = { limit: limit + 1, before: deliveryAfter(cursor), status };
    const found = await this.deliveries.find(service._id, webhook, page);
    return pageOf(upTo(limit, found), {
      cursorOf: afterDelivery,
      toItem: (delivery) => WebhookDeliveryDto.from(delivery),
    });
  }

  @ApiOperation({
    operationId: 'redeliverWebhookEvent',
    summary: 'Send an event once more',
    description:
      'Now, and if that fails as often as a new one; once it is switched on, where the webhook is off.',
  })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @Idempotent()
  @ApiErrors('DELIVERY_NOT_FOUND', 'WEBHOOK_NOT_FOUND')
  @HttpCode(202)
  @Post('deliveries/:delivery/redeliver')
  async redeliver(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') webhook: string,
    @Param('delivery') delivery: string,
  ): Promise<WebhookDeliveryDto> {
    return WebhookDeliveryDto.from(await this.deliveries.redeliver(service._id, webhook, delivery));
  }

  @ApiOperation({
    operationId: 'recoverWebhook',
    summary: 'Send all after a cursor once more',
    description:
      'What was delivered as well: receivers know it by its id. What is left of a recovery that is under way is sent as well.',
  })
  @ApiAcceptedResponse({ type: WebhookRecoveryDto })
  @Idempotent()
  @ApiErrors('CURSOR_EXPIRED', 'INVALID_REQUEST', 'WEBHOOK_NOT_FOUND')
  @HttpCode(202)
  @Post('recover')
  async recover(
    @CurrentService() service: AuthenticatedService,
    @Param('webhook') webhook: string,
    @StrictBody() { after }: RecoverWebhookDto,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<WebhookRecoveryDto> {
    const recovery = await this.deliveries.recover(service._id, webhook, Number(after), id);
    return WebhookRecoveryDto.from(recovery);
  }
}
