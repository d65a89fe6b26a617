import { ApiProperty } from '@nestjs/swagger';
import { VERSION } from '../common/version.js';

export class VersionDto {
  @ApiProperty({ description: 'Always the same', example: 'nuvem' })
  name!: string;

  @ApiProperty({ description: 'Semantic version', example: VERSION })
  version!: string;
}
