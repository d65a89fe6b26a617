import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../common/paging/page.js';
import { eventId } from '../../events/log/logged-event.js';
import { EVENT_TYPES, type EventType } from '../../outbox/event-types.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../delivery-status.js';
import type { WebhookDelivery } from '../schemas/webhook-delivery.schema.js';
import { WebhookAttemptDto } from './webhook-attempt.dto.js';

@ApiSchema({ name: 'WebhookDelivery', description: 'What became of an event at a webhook' })
export class WebhookDeliveryDto {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f8' })
  id!: string;

  @ApiProperty({ description: 'Of the event', example: 'evt_65f0c0ffee65f0c0ffee65f4' })
  eventId!: string;

  @ApiProperty({
    enum: EVENT_TYPES,
    enumName: 'EventType',
    description: 'Of the event',
    example: 'room.created',
  })
  type!: EventType;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'Of the event: its place in the log',
    example: 1042,
  })
  sequence!: number;

  @ApiProperty({
    enum: DELIVERY_STATUSES,
    enumName: 'WebhookDeliveryStatus',
    description: '`pending` is tried again; `failed` is not, unless that is asked for',
    example: 'delivered',
  })
  status!: DeliveryStatus;

  @ApiProperty({
    type: [WebhookAttemptDto],
    description: 'The last ten, oldest first',
    example: [{ at: '2026-11-27T20:00:00.000Z', status: 204, durationMs: 41 }],
  })
  attempts!: WebhookAttemptDto[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When it is tried again; absent where it is not',
    example: '2026-11-27T20:05:00.000Z',
  })
  nextAttemptAt?: string;

  static from(delivery: WebhookDelivery): WebhookDeliveryDto {
    const { _id, event, type, sequence, status, attempts, nextAttemptAt } = delivery;
    return {
      id: _id.toHexString(),
      eventId: eventId({ id: event }),
      type,
      sequence,
      status,
      attempts: attempts.map((attempt) => WebhookAttemptDto.from(attempt)),
      ...(nextAttemptAt && { nextAttemptAt: nextAttemptAt.toISOString() }),
    };
  }
}

export class WebhookDeliveryPageDto extends PageDto('WebhookDeliveryPage', WebhookDeliveryDto) {}
