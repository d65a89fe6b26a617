import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { IsDateTime } from '../../common/validation/is-date-time.decorator.js';
import { IsName } from '../../common/validation/is-name.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { IsMetadata } from './is-metadata.decorator.js';
import { metadataText, type Metadata } from '../metadata.js';
import type { TokenRequest } from '../tokens.service.js';
import { IsRegion } from '../../placement/dto/is-region.decorator.js';

const MAX_TTL_SECONDS = 24 * 3600;

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

  @ApiPropertyOptional({
    description: 'Of the participant, in your app: it stays the same where names change',
    example: 'user-17',
    minLength: 1,
    maxLength: 128,
  })
  @Optional()
  @IsString()
  @TextLength(1, 128)
  userId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Anything for the node and for events, 4 kB at most',
    example: { plan: 'pro' },
  })
  @Optional()
  @IsMetadata()
  metadata?: Metadata;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_TTL_SECONDS,
    description: 'How long it is good; by default what TOKEN_TTL_SECONDS says',
    example: 600,
  })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_TTL_SECONDS)
  ttlSeconds?: number;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'It is refused before. Its end does not move with it.',
    example: '2026-11-27T20:00:00Z',
  })
  @Optional()
  @IsDateTime()
  notBefore?: string;

  static toRequest({ notBefore, metadata, ...dto }: IssueTokenDto): TokenRequest {
    return {
      ...dto,
      ...(metadata && { metadata: metadataText(metadata) }),
      ...(notBefore !== undefined && { notBefore: new Date(notBefore) }),
    };
  }

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
