import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import { ApiException } from '../../common/errors/api.exception.js';
import { IsDateTime } from '../../common/validation/is-date-time.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { RevokedTokens } from './revocation.service.js';

@ApiSchema({ name: 'RevokeTokens', description: 'Which of a room’s tokens: exactly one field' })
export class RevokeTokensDto {
  @ApiPropertyOptional({
    description: 'Those for this name',
    example: 'mallory',
    minLength: 1,
    maxLength: 256,
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  userName?: string;

  @ApiPropertyOptional({
    description: 'Those that were issued with this id of yours',
    example: 'user-17',
    minLength: 1,
    maxLength: 128,
  })
  @Optional()
  @IsString()
  @TextLength(1, 128)
  userId?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Those that were issued before then',
    example: '2026-11-27T20:00:00Z',
  })
  @Optional()
  @IsDateTime()
  issuedBefore?: string;

  @ApiPropertyOptional({ enum: [true], description: 'All of them', example: true })
  @Optional()
  @IsIn([true])
  all?: true;

  /** @throws INVALID_REQUEST for none of the fields, or more than one */
  static toFilter({ userName, userId, issuedBefore, all }: RevokeTokensDto): RevokedTokens {
    const given = [userName, userId, issuedBefore, all].filter((value) => value !== undefined);
    if (given.length !== 1) {
      throw ApiException.ofFields(
        ['userName', 'userId', 'issuedBefore', 'all'],
        'exactly one of userName, userId, issuedBefore and all must be given',
      );
    }
    if (userName !== undefined) return (token) => token.userName === userName;
    if (userId !== undefined) return (token) => token.userId === userId;
    if (issuedBefore === undefined) return () => true;
    const before = new Date(issuedBefore);
    return ({ creationDate }) => creationDate < before;
  }
}
