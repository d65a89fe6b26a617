import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { RoomData } from '../../rooms/room-data.js';
import { nuveSettingsOf, type NuveSettings, type SameFields } from '../../rooms/room-settings.js';
import type { RoomView } from '../../rooms/room-views.js';

/** A room as its tenant sees it. */
@ApiSchema({ name: 'NuveRoom' })
export class RoomDto implements SameFields<Omit<RoomDto, '_id' | 'name'>, NuveSettings> {
  @ApiProperty({ description: "The room's id", example: '65f0c0ffee65f0c0ffee65f1' })
  _id!: string;

  @ApiProperty({ description: 'Names need not be unique.', example: 'standup' })
  name!: string;

  @ApiPropertyOptional({ enum: [true], description: 'Absent where it is off', example: true })
  p2p?: true;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What your backend keeps with the room',
    example: { color: 'red' },
  })
  data?: RoomData;

  @ApiPropertyOptional({ description: 'Of the nodes', example: 'VP8_AND_OPUS' })
  mediaConfiguration?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'How many may be in it', example: 12 })
  maxParticipants?: number;

  static from({ _id, name, ...room }: RoomView): RoomDto {
    return { name, ...nuveSettingsOf(room), _id: _id.toHexString() };
  }
}
