import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsBoolean, IsString } from 'class-validator';
import { PageQuery } from '../../../common/paging/page.query.js';
import { Optional } from '../../../common/validation/optional.decorator.js';
import { TextLength } from '../../../common/validation/text-length.decorator.js';

const BOOLEANS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
]);

/** Which sessions of a room are asked for: those of whom everything is true that is said. */
export class ListSessionsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description: 'Of those who are in, or of those who have left',
    example: true,
  })
  @Transform(({ value }: TransformFnParams): unknown => BOOLEANS.get(value) ?? value)
  @Optional()
  @IsBoolean()
  open?: boolean;

  @ApiPropertyOptional({
    description: 'Of people of this name. Not with `userId`.',
    maxLength: 1_024,
    example: 'alice',
  })
  @Optional()
  @IsString()
  @TextLength(0, 1_024)
  userName?: string;

  @ApiPropertyOptional({
    description: 'Of people of this id. Not with `userName`.',
    minLength: 1,
    maxLength: 128,
    example: 'user-4711',
  })
  @Optional()
  @IsString()
  @TextLength(1, 128)
  userId?: string;
}
