import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { DUPLICATE_USER_POLICIES, type DuplicateUserPolicy } from '../duplicate-user-policy.js';
import type { RoomData } from '../room-data.js';
import type { RoomSettings, SameFields } from '../room-settings.js';
import { IsRoomData } from './is-room-data.decorator.js';

/** What may be set on a room besides its name; null clears. */
export class RoomSettingsDto implements SameFields<RoomSettingsDto, RoomSettings> {
  @ApiPropertyOptional({
    type: 'boolean',
    nullable: true,
    description: 'Media goes from browser to browser; the node only signals.',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  p2p?: boolean | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Anything your backend wants to keep with the room, 64 kB at most',
    example: { color: 'red' },
  })
  @IsOptional()
  @IsRoomData()
  data?: RoomData | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 256,
    description: 'Name of a media configuration of the nodes',
    example: 'VP8_AND_OPUS',
  })
  @IsOptional()
  @IsString()
  @TextLength(0, 256)
  mediaConfiguration?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 10_000,
    description: 'How many may be in the room at once: checked when a token is redeemed',
    example: 12,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  maxParticipants?: number | null;

  @ApiPropertyOptional({
    enum: DUPLICATE_USER_POLICIES,
    enumName: 'DuplicateUserPolicy',
    nullable: true,
    description:
      'When a token is redeemed for somebody who is in the room, by `userId`, otherwise by name: lets both in, refuses the ' +
      'later one, or disconnects the earlier one. null is `allow`.',
    example: 'replace',
  })
  @IsOptional()
  @IsIn(DUPLICATE_USER_POLICIES)
  duplicateUser?: DuplicateUserPolicy | null;
}
