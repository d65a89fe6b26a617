import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsString, ValidateNested } from 'class-validator';
import { API_ROLES } from '../../common/participant-roles/api-roles.js';
import { IsRoles } from '../../common/participant-roles/is-roles.decorator.js';
import type { Roles } from '../../common/participant-roles/roles.js';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { EVENT_LOG_MODES, type EventLogMode } from '../event-log-mode.js';
import type { NewService } from '../services.service.js';
import { RoomDefaultsDto } from './room-defaults.dto.js';

export class CreateServiceDto {
  @ApiProperty({
    description: 'For people: need not be unique',
    example: 'acme',
    minLength: 1,
    maxLength: 256,
  })
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name!: string;

  @ApiPropertyOptional({
    enum: ['tenant', 'node'],
    enumName: 'NewServiceRole',
    example: 'tenant',
    description:
      'A tenant has rooms and tokens; a node is a media-signalling server. Tenant, when it is left out.',
  })
  @Optional()
  @IsIn(['tenant', 'node'])
  role?: 'tenant' | 'node';

  @ApiPropertyOptional({
    description:
      'Left out, one of 256 bits is made. One that is short (less than 32 characters) or repeats itself is taken only ' +
      'where ALLOW_WEAK_KEYS is set.',
    minLength: 1,
    maxLength: 1024,
    // Refused as weak, since anybody can read it here.
    example: '0123456789abcdef0123456789abcdef',
  })
  @Optional()
  @IsString()
  @TextLength(1, 1024)
  key?: string;

  @ApiPropertyOptional({
    ...API_ROLES,
    description:
      "What its participants may be and do, by role; left out, the installation's (TOKEN_ROLES)",
  })
  @Optional()
  @IsRoles()
  roles?: Roles;

  @ApiPropertyOptional({
    enum: EVENT_LOG_MODES,
    enumName: 'EventLogMode',
    example: 'on',
    description:
      'What its event log holds: nothing, what happened, or also each token that was issued. `on`, when it is left out.',
  })
  @Optional()
  @IsIn(EVENT_LOG_MODES)
  eventLog: EventLogMode = 'on';

  @ApiPropertyOptional({
    type: RoomDefaultsDto,
    description:
      'How its new rooms live where their creation does not say; left out, until they are deleted',
    example: { emptyTimeoutSeconds: 300, departureTimeoutSeconds: 60 },
  })
  @Optional()
  @IsObject()
  @Type(() => RoomDefaultsDto)
  @ValidateNested()
  roomDefaults?: RoomDefaultsDto;

  static toService({ roomDefaults, ...service }: CreateServiceDto): NewService {
    return {
      ...service,
      ...(roomDefaults && { roomDefaults: RoomDefaultsDto.toDefaults(roomDefaults) }),
    };
  }
}
