import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';

export class CreateServiceDto {
  @ApiProperty({ example: 'acme', minLength: 1, maxLength: 256 })
  @IsString()
  @Length(1, 256)
  name!: string;

  @ApiPropertyOptional({
    description: 'The HMAC key. Left out, one of 256 bits is made and shown once.',
    minLength: 1,
    maxLength: 1024,
  })
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  key?: string;

  @ApiPropertyOptional({
    enum: ['tenant', 'node'],
    default: 'tenant',
    description: 'A tenant has rooms and tokens; a node is a media-signalling server.',
  })
  @IsOptional()
  @IsIn(['tenant', 'node'])
  role?: 'tenant' | 'node';
}
