import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsName } from '../../common/is-name.decorator.js';
import { Optional } from '../../common/optional.decorator.js';

/** User and role stand here, or, as Licode's clients send them, in the signed Authorization header. */
export class IssueTokenDto {
  @ApiPropertyOptional({ example: 'alice', maxLength: 256 })
  @Optional()
  @IsString()
  @MaxLength(256)
  @IsName()
  userName?: string;

  @ApiPropertyOptional({
    example: 'presenter',
    maxLength: 256,
    description: 'Licode knows `presenter`, `viewer` and `viewerWithData`; nodes may know others.',
  })
  @Optional()
  @IsString()
  @MaxLength(256)
  @IsName()
  role?: string;

  @ApiPropertyOptional({
    example: 'eu-west',
    maxLength: 64,
    description: 'Where the participant is; the `region` strategy places the room near it.',
  })
  @Optional()
  @IsString()
  @MaxLength(64)
  region?: string;
}
