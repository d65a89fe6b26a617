import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { IsRegion } from '../../placement/dto/is-region.decorator.js';

const PLAIN_NAME = /^[A-Za-z0-9_@-][\w@ -]{0,63}$/;

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

  /**
   * The body of nearly every request, without the validator, which costs a tenth of what a token does.
   *
   * @returns undefined for what the validator has to decide
   */
  static tryFrom(given: Readonly<Record<string, unknown>>): IssueTokenDto | undefined {
    const { userName, role } = given;
    if (Object.keys(given).length !== 2 || !isPlainName(userName) || !isPlainName(role)) {
      return undefined;
    }
    const dto = new IssueTokenDto();
    dto.userName = userName;
    dto.role = role;
    return dto;
  }
}

/** What every rule lets through. */
function isPlainName(value: unknown): value is string {
  return typeof value === 'string' && PLAIN_NAME.test(value);
}
