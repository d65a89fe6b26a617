import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { DUPLICATE_USER_POLICIES, type DuplicateUserPolicy } from '../duplicate-user-policy.js';
import {
  AT_END,
  MAX_LIFETIME_SECONDS,
  AFTER_END,
  type AtEnd,
  type AfterEnd,
} from '../../services/room-defaults.js';
import {
  CLOSE_REASONS,
  ROOM_STATUSES,
  type CloseReason,
  type LifetimeInput,
  type RoomStatus,
} from '../lifetime/room-life.js';
import { shownLife } from '../lifetime/shown-life.js';
import type { RoomData } from '../room-data.js';
import { settingsOf, type RoomSettings, type SameFields } from '../room-settings.js';
import type { RoomRecord } from '../room-views.js';

type Own =
  'id' | 'name' | 'nodeId' | 'status' | 'closedAt' | 'closeReason' | 'createdAt' | 'updatedAt';

/** A room as its tenant sees it. */
@ApiSchema({ name: 'Room', description: 'Where participants meet' })
export class RoomDto implements SameFields<Omit<RoomDto, Own>, RoomSettings & LifetimeInput> {
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

  @ApiProperty({
    enum: ROOM_STATUSES,
    enumName: 'RoomStatus',
    description:
      'Before its `notBefore` a room is `scheduled`, then `open`. It is `active` when somebody was in it when that was last ' +
      'looked at, which it is for rooms with a lifetime alone; `closing` when its time is over and those who are in it may ' +
      'stay; `closed` when nobody is let in.',
    example: 'open',
  })
  status!: RoomStatus;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Nobody is let in before; absent for no such time',
    example: '2026-11-27T20:00:00.000Z',
  })
  notBefore?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When its time is over; absent for no such time',
    example: '2026-11-27T21:00:00.000Z',
  })
  endsAt?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description: 'After so long in which nobody has come, its time is over; absent for never',
    example: 300,
  })
  emptyTimeoutSeconds?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description: 'After so long since the last one left, its time is over; absent for never',
    example: 60,
  })
  departureTimeoutSeconds?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description: 'So long after the first one came, its time is over; absent for never',
    example: 3600,
  })
  maxDurationSeconds?: number;

  @ApiPropertyOptional({
    enum: AT_END,
    enumName: 'RoomAtEnd',
    description:
      'What becomes of those who are in it when its time is over; absent where nothing is set, which is `kick`',
    example: 'kick',
  })
  atEnd?: AtEnd;

  @ApiPropertyOptional({
    enum: AFTER_END,
    enumName: 'RoomAfterEnd',
    description:
      'What becomes of it when its time is over; absent where nothing is set, which is `close`',
    example: 'close',
  })
  afterEnd?: AfterEnd;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When it was closed; absent for one that is not',
    example: '2026-11-27T21:00:00.000Z',
  })
  closedAt?: string;

  @ApiPropertyOptional({
    enum: CLOSE_REASONS,
    enumName: 'RoomCloseReason',
    description:
      'Why it was closed: by `request`, or because its `endsAt` had come, nobody came, the last one left, or it had lasted ' +
      '`maxDurationSeconds`',
    example: 'ended',
  })
  closeReason?: CloseReason;

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
    life,
    ...room
  }: RoomRecord): RoomDto {
    return {
      id: _id.toHexString(),
      name,
      p2p: false,
      ...settingsOf(room),
      ...shownLife({ life }),
      ...(erizoControllerId && { nodeId: erizoControllerId.toHexString() }),
      createdAt: createdAt.toISOString(),
      updatedAt: (updatedAt ?? createdAt).toISOString(),
    };
  }
}
