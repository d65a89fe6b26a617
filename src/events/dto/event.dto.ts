import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { EVENT_TYPES, type EventType } from '../../outbox/event-types.js';
import { eventId, type LoggedEvent } from '../log/logged-event.js';

@ApiSchema({ name: 'Event', description: 'Something that happened' })
export class EventDto {
  @ApiProperty({
    description: 'The same wherever it is told: by it, what comes twice is known',
    example: 'evt_65f0c0ffee65f0c0ffee65f4',
  })
  id!: string;

  @ApiProperty({
    enum: EVENT_TYPES,
    enumName: 'EventType',
    description: 'What happened',
    example: 'room.created',
  })
  type!: EventType;

  @ApiProperty({
    format: 'date-time',
    description: 'When it happened',
    example: '2026-11-27T20:00:00.000Z',
  })
  timestamp!: string;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    minimum: 1,
    description: 'Its place among the events of its service: 1, 2, 3, … without a gap',
    example: 1042,
  })
  sequence!: number;

  @ApiProperty({ description: 'Whose event it is', example: '65f0c0ffee65f0c0ffee65f0' })
  serviceId!: string;

  @ApiPropertyOptional({
    description: 'Of which room, if of one',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  roomId?: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the type says: see the webhooks of this document',
    example: {},
  })
  data!: object;

  static from(event: LoggedEvent): EventDto {
    const { type, at, sequence, service, room, data } = event;
    return {
      id: eventId(event),
      type,
      timestamp: at.toISOString(),
      sequence,
      serviceId: service.toHexString(),
      ...(room && { roomId: room.toHexString() }),
      data: JSON.parse(data) as object,
    };
  }
}

@ApiSchema({ name: 'EventPage', description: 'A part of the log' })
export class EventPageDto {
  @ApiProperty({ type: [EventDto], description: 'In the order in which it happened', example: [] })
  items!: EventDto[];

  @ApiProperty({ description: 'The `after` of what follows', example: '1042' })
  next!: string;

  @ApiProperty({
    description: 'Whether there may be more already, also where this page is short',
    example: false,
  })
  hasMore!: boolean;
}
