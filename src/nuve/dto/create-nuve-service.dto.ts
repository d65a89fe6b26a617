import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';

export class CreateNuveServiceDto {
  @ApiProperty({ example: 'acme', minLength: 1, maxLength: 256 })
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
  })
  @Optional()
  @IsString()
  @TextLength(1, 1024)
  key?: string;

  @ApiPropertyOptional({
    enum: ['tenant', 'node'],
    default: 'tenant',
    description: 'A tenant has rooms and tokens; a node is a media-signalling server.',
  })
  @Optional()
  @IsIn(['tenant', 'node'])
  role?: 'tenant' | 'node';
}
