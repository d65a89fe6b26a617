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
import { ApiException } from '../common/errors/api.exception.js';
import { ApiErrors } from '../common/errors/api-errors.decorator.js';
import { pageOf, upTo } from '../common/paging/page.js';
import { PageQuery } from '../common/paging/page.query.js';
import { StrictBody, StrictQuery } from '../common/validation/valid.decorator.js';
import { V1Controller } from '../common/v1/v1-controller.decorator.js';
import { WholePath } from '../common/whole-path.guard.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ResourceId } from '../idempotency/resource-id.decorator.js';
import { CreateServiceDto } from './dto/create-service.dto.js';
import { CreatedServiceDto } from './dto/created-service.dto.js';
import { ServiceDto, ServicePageDto } from './dto/service.dto.js';
import { UpdateServiceDto } from './dto/update-service.dto.js';
import { afterService, serviceAfter } from './service-cursor.js';
import type { ServiceSummary } from './service-summary.js';
import { ServicesService } from './services.service.js';

/** Tenants and nodes: for the superservice, and each for itself. */
@Allow('superservice')
@V1Controller('services', 'services')
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

  @ApiOperation({
    operationId: 'createService',
    summary: 'Create a service',
    description: 'The answer holds its key, this once.',
  })
  @ApiBody({ type: CreateServiceDto, examples: { tenant: { value: { name: 'acme' } } } })
  @Created(CreatedServiceDto, '/v1/services')
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_KEY', 'INVALID_REQUEST')
  @Post()
  async create(
    @StrictBody() body: CreateServiceDto,
    @ResourceId() id?: Types.ObjectId,
  ): Promise<Versioned<CreatedServiceDto>> {
    const service = await this.services.create(CreateServiceDto.toService(body), id);
    return new Versioned(CreatedServiceDto.from(service), service.revision);
  }

  @ApiOperation({
    operationId: 'listServices',
    summary: 'List services',
    description: 'All for the superservice, itself for any other. Oldest first.',
  })
  @ApiOkResponse({ type: ServicePageDto })
  @ApiErrors('INVALID_REQUEST')
  @Allow('superservice', 'tenant', 'node')
  @Get()
  async find(
    @CurrentService() asking: AuthenticatedService,
    @StrictQuery() { limit, cursor }: PageQuery,
  ): Promise<ServicePageDto> {
    const only = asking.role === 'superservice' ? undefined : asking._id;
    const after = serviceAfter(cursor);
    const found = await this.services.find({ limit: limit + 1, after, only });
    return pageOf(upTo(limit, found), {
      cursorOf: afterService,
      toItem: (service) => ServiceDto.from(service),
    });
  }

  @ApiOperation({ operationId: 'getService', summary: 'Read a service' })
  @ApiOkResponse({ type: ServiceDto })
  @ConditionalGet()
  @ApiErrors('SERVICE_NOT_FOUND')
  @Allow('superservice', 'tenant', 'node')
  @Get(':service')
  async findOne(
    @CurrentService() asking: AuthenticatedService,
    @Param('service') id: string,
  ): Promise<Versioned<ServiceDto>> {
    return versioned(await this.services.findOne(ownOrAny(asking, id)));
  }

  @ApiOperation({
    operationId: 'updateService',
    summary: 'Change a service',
    description:
      "JSON Merge Patch: what is left out stays; null gives it the installation's roles.",
  })
  @ApiOkResponse({ type: ServiceDto })
  @ETagged()
  @Idempotent()
  @ApiErrors('INVALID_REQUEST', 'PRECONDITION_FAILED', 'SERVICE_NOT_FOUND')
  @Allow('superservice', 'tenant', 'node')
  @Patch(':service')
  async update(
    @CurrentService() asking: AuthenticatedService,
    @Param('service') id: string,
    @StrictBody() body: UpdateServiceDto,
    @IfMatch() expected: ExpectedRevisions,
    @ResourceId() changeId?: Types.ObjectId,
  ): Promise<Versioned<ServiceDto>> {
    const guarded = { expected, changeId };
    const changes = UpdateServiceDto.toChanges(body);
    return versioned(await this.services.update(ownOrAny(asking, id), changes, guarded));
  }

  @ApiOperation({
    operationId: 'deleteService',
    summary: 'Delete a service',
    description: 'Ends its rooms, its tokens and its live calls.',
  })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiErrors(
    'INVALID_REQUEST',
    'PRECONDITION_FAILED',
    'SERVICE_NOT_FOUND',
    'SUPERSERVICE_PROTECTED',
  )
  @WholePath()
  @HttpCode(204)
  @Delete(':service')
  remove(@Param('service') id: string, @IfMatch() expected: ExpectedRevisions): Promise<void> {
    return this.services.remove(id, expected);
  }
}

function versioned(service: ServiceSummary): Versioned<ServiceDto> {
  return new Versioned(ServiceDto.from(service), service.revision);
}

/** The service that is asked for. @throws SERVICE_NOT_FOUND for another's, except to the superservice */
function ownOrAny({ _id, role }: AuthenticatedService, id: string): string {
  if (role === 'superservice' || id.toLowerCase() === _id.toHexString()) return id;
  throw new ApiException('SERVICE_NOT_FOUND');
}
