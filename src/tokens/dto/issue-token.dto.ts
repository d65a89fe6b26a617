import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { IsRegion } from '../../placement/dto/is-region.decorator.js';

/** Whom a token is for. */
@ApiSchema({ name: 'IssueToken' })
export class IssueTokenDto {
  @ApiProperty({
    description: 'Name of the participant, as the others see it',
    example: 'alice',
    minLength: 1,
    maxLength: 256,
  })
  @IsString()
  @TextLength(1, 256)
  @IsName()
  userName!: string;

  @ApiProperty({
    description:
      "One of the service's roles. Unless others are set: `presenter`, `viewer` and `viewerWithData`.",
    example: 'presenter',
    minLength: 1,
    maxLength: 64,
  })
  @IsString()
  @TextLength(1, 64)
  @IsName()
  role!: string;

  @IsRegion()
  region?: string;
}
