import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { toBoolean } from './form-values.js';
import { IsRoomData } from '../../rooms/dto/is-room-data.decorator.js';
import type { RoomData } from '../../rooms/room-data.js';
import type { NuveSettings, SameFields } from '../../rooms/room-settings.js';

/** Nuve takes no notice of a mediaConfiguration that is no string. */
function textOrNothing({ value }: TransformFnParams): unknown {
  return typeof value === 'string' ? value : undefined;
}

/** What may be set on a room besides its name. */
@ApiSchema({ name: 'NuveRoomOptions' })
export class RoomOptionsDto implements SameFields<RoomOptionsDto, NuveSettings> {
  @ApiPropertyOptional({
    type: 'boolean',
    description: 'Media goes from browser to browser; the node only signals.',
    example: true,
  })
  @Transform(toBoolean)
  @IsOptional()
  @IsBoolean()
  p2p?: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'Anything your backend wants to keep with the room, 64 kB at most; null clears it.',
    example: { color: 'red' },
  })
  @IsOptional()
  @IsRoomData()
  data?: RoomData | null;

  @ApiPropertyOptional({
    description: 'Name of a media configuration of the nodes.',
    example: 'default',
    maxLength: 256,
  })
  @Transform(textOrNothing)
  @IsOptional()
  @IsString()
  @MaxLength(256)
  mediaConfiguration?: string;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 10_000,
    description: 'Checked when a token is redeemed; null lifts the limit.',
    example: 12,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  maxParticipants?: number | null;
}
