import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsDateTime } from '../../../common/validation/is-date-time.decorator.js';
import { RoomDefaultsDto } from '../../../services/dto/room-defaults.dto.js';
import { RoomSettingsDto } from '../../dto/room-settings.dto.js';
import type { RoomSettings, SameFields } from '../../room-settings.js';
import type { LifetimeInput } from '../room-life.js';

/** What may be set on a room under /v1 besides its name; null clears. */
export class LifetimeSettingsDto
  extends IntersectionType(RoomSettingsDto, RoomDefaultsDto)
  implements SameFields<LifetimeSettingsDto, RoomSettings & LifetimeInput>
{
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Nobody is let in before. It may lie behind, and a year ahead at most.',
    example: '2026-11-27T20:00:00Z',
  })
  @IsOptional()
  @IsDateTime()
  notBefore?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When its time is over: tokens are refused, and none lasts longer. It lies ahead, by a year at most, and after ' +
      '`notBefore`; a later one prolongs. Ten minutes and one minute before, the event `room.ending` tells.',
    example: '2026-11-27T21:00:00Z',
  })
  @IsOptional()
  @IsDateTime()
  endsAt?: string | null;
}
