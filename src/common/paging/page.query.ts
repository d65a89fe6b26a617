import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { Optional } from '../validation/optional.decorator.js';
import { TextLength } from '../validation/text-length.decorator.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/** Which part of a list is asked for. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'How many items a page has at most; large ones end it earlier',
    example: 50,
  })
  @Transform(({ value }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  )
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({
    description: '`next` of the page before, as it is',
    example: 'WzE3NjQyNzM2MDAwMDAsIjY1ZjBjMGZmZWU2NWYwYzBmZmVlNjVmMSJd',
    minLength: 1,
    maxLength: 2048,
  })
  @Optional()
  @IsString()
  @TextLength(1, 2048)
  cursor?: string;
}
