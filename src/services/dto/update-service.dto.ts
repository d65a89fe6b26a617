import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { API_ROLES } from '../../common/participant-roles/api-roles.js';
import { IsRoles } from '../../common/participant-roles/is-roles.decorator.js';
import type { Roles } from '../../common/participant-roles/roles.js';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { EVENT_LOG_MODES, type EventLogMode } from '../event-log-mode.js';
import type { ServiceChanges } from '../services.repository.js';
import { RoomDefaultsDto } from './room-defaults.dto.js';

/** What is left out stays. */
export class UpdateServiceDto {
  @ApiPropertyOptional({ description: 'For people', example: 'acme', minLength: 1, maxLength: 256 })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    ...API_ROLES,
    nullable: true,
    description: "Replaces all its roles; null goes back to the installation's",
  })
  @IsOptional()
  @IsRoles()
  roles?: Roles | null;

  @ApiPropertyOptional({
    enum: EVENT_LOG_MODES,
    enumName: 'EventLogMode',
    example: 'on',
    description:
      'What its event log holds: nothing, what happened, or also each token that was issued. In force within a second.',
  })
  @Optional()
  @IsIn(EVENT_LOG_MODES)
  eventLog?: EventLogMode;

  @ApiPropertyOptional({
    type: RoomDefaultsDto,
    nullable: true,
    description:
      'How its new rooms live where their creation does not say. It replaces all of it; null is for until they are deleted. ' +
      'In force within a second.',
    example: { emptyTimeoutSeconds: 300, departureTimeoutSeconds: 60 },
  })
  @IsOptional()
  @IsObject()
  @Type(() => RoomDefaultsDto)
  // By which validation finds the DTO: of a type that may be null the compiler says Object.
  @Reflect.metadata('design:type', RoomDefaultsDto)
  @ValidateNested()
  roomDefaults?: RoomDefaultsDto | null;

  static toChanges({ roomDefaults, ...service }: UpdateServiceDto): ServiceChanges {
    return {
      ...service,
      roomDefaults: roomDefaults && RoomDefaultsDto.toDefaults(roomDefaults),
    };
  }
}
