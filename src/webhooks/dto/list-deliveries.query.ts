import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PageQuery } from '../../common/paging/page.query.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../delivery-status.js';

export class ListDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: DELIVERY_STATUSES,
    enumName: 'WebhookDeliveryStatus',
    description: 'Those of which this became',
    example: 'failed',
  })
  @Optional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;
}
