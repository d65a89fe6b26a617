import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';

@ApiSchema({ name: 'NuveCreateService' })
export class CreateNuveServiceDto {
  @ApiProperty({ description: 'For people', example: 'acme', minLength: 1, maxLength: 256 })
  @IsString()
  @TextLength(1, 256)
  @IsName()
  name!: string;

  @ApiPropertyOptional({
    description:
      'The HMAC key. Left out, one of 256 bits is made and shown once. One that is short (less than 32 characters) or repeats itself is taken ' +
      'only where ALLOW_WEAK_KEYS is set.',
    minLength: 1,
    maxLength: 1024,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  @Optional()
  @IsString()
  @TextLength(1, 1024)
  key?: string;

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
}
