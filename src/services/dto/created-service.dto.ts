import { ApiProperty } from '@nestjs/swagger';
import type { ServiceWithKey } from '../services.service.js';
import { ServiceDto } from './service.dto.js';

export class CreatedServiceDto extends ServiceDto {
  @ApiProperty({
    description: 'The key, shown this once',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  key!: string;

  static override from(service: ServiceWithKey): CreatedServiceDto {
    return Object.assign(ServiceDto.from(service), { key: service.key });
  }
}
