import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { DUPLICATE_USER_POLICIES, type DuplicateUserPolicy } from '../duplicate-user-policy.js';
import type { RoomData } from '../room-data.js';
import { settingsOf, type RoomSettings, type SameFields } from '../room-settings.js';
import type { RoomRecord } from '../room-views.js';

type Own = 'id' | 'name' | 'nodeId' | 'createdAt' | 'updatedAt';

/** A room as its tenant sees it. */
@ApiSchema({ name: 'Room', description: 'Where participants meet' })
export class RoomDto implements SameFields<Omit<RoomDto, Own>, RoomSettings> {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f1' })
  id!: string;

  @ApiProperty({ description: 'Names need not be unique', example: 'standup' })
  name!: string;

  @ApiProperty({
    description: 'Whether media goes from browser to browser; the node only signals then',
    example: true,
  })
  p2p!: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What your backend keeps with the room; absent for nothing',
    example: { color: 'red' },
  })
  data?: RoomData;

  @ApiPropertyOptional({
    description: 'Name of a media configuration of the nodes; absent for their default',
    example: 'VP8_AND_OPUS',
  })
  mediaConfiguration?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    description: 'How many may be in it at once; absent for no limit',
    example: 12,
  })
  maxParticipants?: number;

  @ApiPropertyOptional({
    enum: DUPLICATE_USER_POLICIES,
    enumName: 'DuplicateUserPolicy',
    description: 'What becomes of somebody who comes in twice; absent for nothing',
    example: 'replace',
  })
  duplicateUser?: DuplicateUserPolicy;

  @ApiPropertyOptional({
    description: 'Id of the node that has the room, once a token was asked for',
    example: '65f0c0ffee65f0c0ffee65f3',
  })
  nodeId?: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was made',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When its tenant changed it last',
    example: '2026-11-27T20:00:00.000Z',
  })
  updatedAt!: string;

  static from({
    _id,
    name,
    erizoControllerId,
    createdAt,
    updatedAt,
    ...room
  }: RoomRecord): RoomDto {
    return {
      id: _id.toHexString(),
      name,
      p2p: false,
      ...settingsOf(room),
      ...(erizoControllerId && { nodeId: erizoControllerId.toHexString() }),
      createdAt: createdAt.toISOString(),
      updatedAt: (updatedAt ?? createdAt).toISOString(),
    };
  }
}
