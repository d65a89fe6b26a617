import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { IsRegion } from '../../placement/dto/is-region.decorator.js';

/** User and role stand here, or, as Licode's clients send them, in the signed Authorization header. */
@ApiSchema({ name: 'NuveIssueToken' })
export class IssueTokenDto {
  @ApiPropertyOptional({ description: 'Who joins', example: 'alice', maxLength: 256 })
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

  @IsRegion()
  region?: string;
}
