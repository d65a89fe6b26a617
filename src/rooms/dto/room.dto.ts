import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RoomData } from '../room-data.js';
import { settingsOf, type RoomSettings, type SameFields } from '../room-settings.js';
import type { RoomView } from '../room-views.js';

/** A room as its tenant sees it. */
export class RoomDto implements SameFields<Omit<RoomDto, '_id' | 'name'>, RoomSettings> {
  @ApiProperty({ example: '65f0c0ffee65f0c0ffee65f1' })
  _id!: string;

  @ApiProperty({ example: 'standup' })
  name!: string;

  @ApiPropertyOptional({ enum: [true], description: 'Absent where it is off' })
  p2p?: true;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { color: 'red' } })
  data?: RoomData;

  @ApiPropertyOptional({ example: 'VP8_AND_OPUS' })
  mediaConfiguration?: string;

  @ApiPropertyOptional({ type: 'integer', example: 12 })
  maxParticipants?: number;

  static from({ _id, name, ...room }: RoomView): RoomDto {
    return { name, ...settingsOf(room), _id: _id.toHexString() };
  }
}
