import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import { CurrentService } from '../../auth/current-service.decorator.js';
import { ApiErrors } from '../../common/errors/api-errors.decorator.js';
import type { Page } from '../../common/paging/page.js';
import { V1Controller } from '../../common/v1/v1-controller.decorator.js';
import { StrictQuery } from '../../common/validation/valid.decorator.js';
import { UsagePageDto, type UsageDto } from './dto/usage.dto.js';
import { UsageQuery } from './dto/usage.query.js';
import { UsageService } from './usage.service.js';

@Allow('superservice', 'tenant')
@V1Controller('usage', 'participants')
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @ApiOperation({
    operationId: 'getUsage',
    summary: 'Count rooms, joins and participant-minutes',
    description:
      'From the sessions that are kept, those of deleted rooms too; who is in counts until now. By room, each page reads all ' +
      'sessions of the time: ask for large ones.',
  })
  @ApiOkResponse({ type: UsagePageDto, description: 'A page of rooms or days' })
  @ApiErrors('INVALID_REQUEST')
  @Get()
  find(
    @CurrentService() { _id }: AuthenticatedService,
    @StrictQuery() query: UsageQuery,
  ): Promise<Page<UsageDto>> {
    return this.usage.find(_id, query);
  }
}
