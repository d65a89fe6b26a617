import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { ApiException } from '../../common/errors/api.exception.js';
import { IsDateTime } from '../../common/validation/is-date-time.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { NewBan } from '../bans.service.js';

@ApiSchema({ name: 'CreateBan', description: 'Exactly one of userName and userId' })
export class CreateBanDto {
  @ApiPropertyOptional({
    description: 'Keeps out whoever has this name',
    example: 'mallory',
    minLength: 1,
    maxLength: 256,
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  userName?: string;

  @ApiPropertyOptional({
    description: 'Keeps out whoever has this id of yours, which their tokens were issued with',
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
    description: 'When it ends; left out for never',
    example: '2036-11-28T20:00:00Z',
  })
  @Optional()
  @IsDateTime()
  until?: string;

  @ApiPropertyOptional({
    description: 'For you alone: the participant does not see it',
    example: 'spam',
    maxLength: 512,
  })
  @Optional()
  @IsString()
  @TextLength(0, 512)
  reason?: string;

  /** @throws INVALID_REQUEST for both users, or none */
  static toBan({ userName, userId, until, reason }: CreateBanDto): NewBan {
    const terms = { until: until === undefined ? undefined : new Date(until), reason };
    if (userName !== undefined && userId === undefined) return { userName, ...terms };
    if (userId !== undefined && userName === undefined) return { userId, ...terms };
    throw ApiException.ofFields(
      ['userName', 'userId'],
      'exactly one of userName and userId must be given',
    );
  }
}
