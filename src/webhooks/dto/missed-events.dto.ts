import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { MissedEvents } from '../schemas/webhook.schema.js';

@ApiSchema({ name: 'MissedEvents', description: 'Events that were never sent' })
export class MissedEventsDto {
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'The sequence of the first of them',
    example: 17,
  })
  from!: number;

  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'The sequence of the last of them',
    example: 41,
  })
  to!: number;

  @ApiProperty({
    format: 'date-time',
    description: 'When that was noticed',
    example: '2026-11-27T20:00:00.000Z',
  })
  at!: string;

  static from({ from, to, at }: MissedEvents): MissedEventsDto {
    return { from, to, at: at.toISOString() };
  }
}
