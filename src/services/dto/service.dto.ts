import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PageDto } from '../../common/paging/page.js';
import { API_ROLES } from '../../common/participant-roles/api-roles.js';
import type { Roles } from '../../common/participant-roles/roles.js';
import { SERVICE_ROLES, type ServiceRole } from '../../common/service-role.js';
import { EVENT_LOG_MODES, type EventLogMode } from '../event-log-mode.js';
import type { RoomDefaults } from '../room-defaults.js';
import type { ServiceSummary } from '../service-summary.js';
import { RoomDefaultsDto } from './room-defaults.dto.js';

export class ServiceDto {
  @ApiProperty({ description: 'Made by the server', example: '65f0c0ffee65f0c0ffee65f0' })
  id!: string;

  @ApiProperty({ description: 'For people: need not be unique', example: 'acme' })
  name!: string;

  @ApiProperty({
    enum: SERVICE_ROLES,
    enumName: 'ServiceRole',
    description: 'What it may do',
    example: 'tenant',
  })
  role!: ServiceRole;

  @ApiPropertyOptional({
    ...API_ROLES,
    description: "What its participants may be and do; absent where that is the installation's",
  })
  roles?: Roles;

  @ApiProperty({
    enum: EVENT_LOG_MODES,
    enumName: 'EventLogMode',
    description: 'What its event log holds',
    example: 'on',
  })
  eventLog!: EventLogMode;

  @ApiPropertyOptional({
    type: () => RoomDefaultsDto,
    description:
      'How its new rooms live where their creation does not say; absent for until they are deleted',
    example: { emptyTimeoutSeconds: 300 },
  })
  roomDefaults?: RoomDefaults;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was made',
    example: '2026-11-27T20:00:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was changed last',
    example: '2026-11-27T20:00:00.000Z',
  })
  updatedAt!: string;

  static from({
    _id,
    name,
    role,
    roles,
    eventLog = 'off',
    roomDefaults,
    createdAt,
    updatedAt = createdAt,
  }: ServiceSummary): ServiceDto {
    return {
      id: _id.toHexString(),
      name,
      role,
      ...(roles && { roles }),
      eventLog,
      ...(roomDefaults && { roomDefaults }),
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}

export class ServicePageDto extends PageDto('ServicePage', ServiceDto) {}
