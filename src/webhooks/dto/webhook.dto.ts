import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../common/paging/page.js';
import { DISABLED_REASONS, type DisabledReason } from '../disabled-reason.js';
import type { WebhookView } from '../webhook-view.js';
import { MissedEventsDto } from './missed-events.dto.js';

@ApiSchema({ name: 'Webhook', description: 'Where a service has its events sent' })
export class WebhookDto {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f7' })
  id!: string;

  @ApiProperty({
    description: 'Where events are sent',
    example: 'https://example.com/nuvem-events',
  })
  url!: string;

  @ApiProperty({
    type: [String],
    description: 'Which events are sent: types, all of a kind, or all',
    example: ['room.*', 'participant.joined'],
  })
  types!: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'Ids of the rooms whose events are sent; absent for all',
    example: ['65f0c0ffee65f0c0ffee65f1'],
  })
  rooms?: string[];

  @ApiPropertyOptional({ description: 'For people; absent for none', example: 'bookings' })
  description?: string;

  @ApiProperty({ description: 'Whether events are sent', example: true })
  enabled!: boolean;

  @ApiPropertyOptional({
    enum: DISABLED_REASONS,
    enumName: 'WebhookDisabledReason',
    description:
      'Why it was switched off, where nobody has asked for that: it answered 410, or nothing but failures for five days',
    example: 'gone',
  })
  disabledReason?: DisabledReason;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Since when no attempt has succeeded; absent for less than a minute',
    example: '2026-11-27T20:00:00.000Z',
  })
  failingSince?: string;

  @ApiPropertyOptional({
    type: MissedEventsDto,
    description: 'Events that were kept no longer when it was their turn; absent for none',
    example: { from: 17, to: 41, at: '2026-11-27T20:00:00.000Z' },
  })
  missed?: MissedEventsDto;

  @ApiPropertyOptional({
    type: 'integer',
    format: 'int64',
    description: 'The sequence up to which events are being sent once more; absent while none are',
    example: 1042,
  })
  recoveringUpTo?: number;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was made',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was changed last',
    example: '2026-11-27T20:00:00.000Z',
  })
  updatedAt!: string;

  static from(webhook: WebhookView): WebhookDto {
    const { _id, url, types, rooms, description, enabled, createdAt } = webhook;
    const { disabledReason, failingSince, missed, recovery, updatedAt = createdAt } = webhook;
    return {
      id: _id.toHexString(),
      url,
      types,
      ...(rooms && { rooms: rooms.map((room) => room.toHexString()) }),
      ...(description !== undefined && { description }),
      enabled,
      ...(disabledReason && { disabledReason }),
      ...(failingSince && { failingSince: failingSince.toISOString() }),
      ...(missed && { missed: MissedEventsDto.from(missed) }),
      ...(recovery && { recoveringUpTo: recovery.upTo }),
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class WebhookPageDto extends PageDto('WebhookPage', WebhookDto) {}
