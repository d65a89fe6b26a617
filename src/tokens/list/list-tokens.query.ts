import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { PageQuery } from '../../common/paging/page.query.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';

/** Which of a room's tokens are asked for. */
export class ListTokensQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Tokens for exactly this name',
    minLength: 1,
    maxLength: 256,
    example: 'alice',
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  userName?: string;

  @ApiPropertyOptional({
    description: 'Tokens that were issued with this id of yours',
    minLength: 1,
    maxLength: 128,
    example: 'user-17',
  })
  @Optional()
  @IsString()
  @TextLength(1, 128)
  userId?: string;
}
