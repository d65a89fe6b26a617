import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SERVICE_ROLES, type ServiceRole } from '../../common/service-role.js';
import type { ServiceSummary } from '../../services/service-summary.js';
import type { ServiceWithKey } from '../../services/services.service.js';

export class NuveServiceDto {
  @ApiProperty({ description: "The service's id", example: '65f0c0ffee65f0c0ffee65f0' })
  _id!: string;

  @ApiProperty({ description: 'For people', example: 'acme' })
  name!: string;

  @ApiProperty({
    enum: SERVICE_ROLES,
    enumName: 'ServiceRole',
    description: 'What it may do',
    example: 'tenant',
  })
  role!: ServiceRole;

  static from({ _id, name, role }: ServiceSummary): NuveServiceDto {
    return { _id: _id.toHexString(), name, role };
  }
}

@ApiSchema({ name: 'NuveCreatedService' })
export class CreatedNuveServiceDto extends NuveServiceDto {
  @ApiProperty({
    description: 'The HMAC key, shown this once.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  key!: string;

  static override from(service: ServiceWithKey): CreatedNuveServiceDto {
    return Object.assign(NuveServiceDto.from(service), { key: service.key });
  }
}
