import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import {
  AT_END,
  MAX_LIFETIME_SECONDS,
  AFTER_END,
  type AtEnd,
  type RoomDefaults,
  type AfterEnd,
} from '../room-defaults.js';

/** How long rooms live; null is none. */
@ApiSchema({
  name: 'RoomDefaults',
  description: 'What new rooms have where their creation says nothing of it',
})
export class RoomDefaultsDto {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description: 'After so long in which nobody has come, a room is over',
    example: 300,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIFETIME_SECONDS)
  emptyTimeoutSeconds?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description:
      'After so long since the last participant left, a room is over. It takes 10 seconds at least, in which its node ' +
      'says twice that nobody is there; while the node is silent no time passes.',
    example: 60,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIFETIME_SECONDS)
  departureTimeoutSeconds?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    description: 'So long after the first participant came, a room is over',
    example: 3600,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIFETIME_SECONDS)
  maxDurationSeconds?: number | null;

  @ApiPropertyOptional({
    enum: AT_END,
    enumName: 'RoomAtEnd',
    nullable: true,
    description:
      'What becomes of those who are in it when its time is over: `kick` ends their call, `when_empty` lets them stay and ' +
      'nobody else in. `kick`, when it is left out.',
    example: 'kick',
  })
  @IsOptional()
  @IsIn(AT_END)
  atEnd?: AtEnd | null;

  @ApiPropertyOptional({
    enum: AFTER_END,
    enumName: 'RoomAfterEnd',
    nullable: true,
    description:
      'What becomes of a room whose time is over: it is closed, and may be reopened, or deleted. `close`, when it is left ' +
      'out. A room that is closed by request stays.',
    example: 'close',
  })
  @IsOptional()
  @IsIn(AFTER_END)
  afterEnd?: AfterEnd | null;

  /** Without those that are null. */
  static toDefaults(dto: RoomDefaultsDto): RoomDefaults {
    const set = Object.entries(dto).filter(([, value]) => value !== null && value !== undefined);
    return Object.fromEntries(set) as RoomDefaults;
  }
}
