import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../../common/paging/page.js';
import type { DayUsage } from '../usage-by-day.js';
import type { RoomUsage } from '../usage-by-room.js';

const MINUTE_MS = 60_000;

@ApiSchema({ name: 'Usage', description: 'What was used of a room, or on a day' })
export class UsageDto {
  @ApiPropertyOptional({
    description: 'Id of the room, by room; it may be gone',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  roomId?: string;

  @ApiPropertyOptional({
    format: 'date',
    description: 'The day (UTC), by day',
    example: '2026-11-27',
  })
  day?: string;

  @ApiProperty({ type: 'integer', description: 'In how many rooms somebody was', example: 12 })
  rooms!: number;

  @ApiProperty({ type: 'integer', description: 'How often somebody joined', example: 40 })
  joins!: number;

  @ApiProperty({
    description: 'Of all participants together, to the millisecond',
    example: 605.25,
  })
  participantMinutes!: number;

  @ApiProperty({ type: 'integer', description: 'The most who were in at once', example: 9 })
  peak!: number;

  static ofRoom({ room, joins, ms, peak }: RoomUsage): UsageDto {
    return { roomId: room, rooms: 1, joins, participantMinutes: ms / MINUTE_MS, peak };
  }

  static ofDay({ day, rooms, joins, ms, peak }: DayUsage): UsageDto {
    const date = new Date(day).toISOString().slice(0, 10);
    return { day: date, rooms, joins, participantMinutes: ms / MINUTE_MS, peak };
  }
}

export class UsagePageDto extends PageDto('UsagePage', UsageDto) {}
