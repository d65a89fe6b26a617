import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsMongoId, IsString, Matches } from 'class-validator';
import { PageQuery } from '../../common/paging/page.query.js';
import { IsDateTime } from '../../common/validation/is-date-time.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { MAX_NAME_LENGTH, MAX_VALUE_LENGTH } from '../search/data-pairs.js';
import { MIN_SEARCH_LENGTH } from '../search/name-parts.js';

export const SORTS = ['createdAt', '-createdAt', 'name', '-name'] as const;

/** Which rooms are asked for: by one of the filters, each of which an index answers, and in which order. */
export class ListRoomsQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Rooms of exactly this name',
    minLength: 1,
    maxLength: 256,
    example: 'standup',
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  name?: string;

  @ApiPropertyOptional({
    description: 'Rooms whose name begins so',
    minLength: 1,
    maxLength: 256,
    example: 'stand',
  })
  @Optional()
  @IsString()
  @TextLength(1, 256)
  namePrefix?: string;

  @ApiPropertyOptional({
    description:
      'Rooms whose name holds this, without regard to case, in the order of what follows. A page may hold fewer rooms ' +
      'than `limit`, also none, while `next` leads on.',
    minLength: MIN_SEARCH_LENGTH,
    maxLength: 256,
    example: 'and',
  })
  @Optional()
  @IsString()
  @TextLength(MIN_SEARCH_LENGTH, 256)
  nameContains?: string;

  @ApiPropertyOptional({
    description: 'Rooms whose id begins so, in the order of ids',
    pattern: '^[0-9a-fA-F]{1,24}$',
    example: '65f0',
  })
  @Optional()
  @Matches(/^[0-9a-f]{1,24}$/i, { message: 'idPrefix must be 1 to 24 hex digits' })
  idPrefix?: string;

  @ApiPropertyOptional({
    description: 'Rooms on the node of this id',
    pattern: '^[0-9a-fA-F]{24}$',
    example: '65f0c0ffee65f0c0ffee65f1',
  })
  @Optional()
  @IsMongoId()
  node?: string;

  @ApiPropertyOptional({
    enum: ['assigned', 'idle'],
    enumName: 'RoomState',
    description: 'Rooms that are on a node, or that no token was asked for yet',
    example: 'assigned',
  })
  @Optional()
  @IsIn(['assigned', 'idle'])
  state?: 'assigned' | 'idle';

  @ApiPropertyOptional({
    description: 'Rooms whose `data` has `dataValue` under this key, on its first level',
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    example: 'color',
  })
  @Optional()
  @IsString()
  @TextLength(1, MAX_NAME_LENGTH)
  @Matches(/^[^\0]*$/, { message: 'dataKey must not hold a NUL' })
  dataKey?: string;

  @ApiPropertyOptional({
    description:
      'A text, number or boolean as text. The first 64 of a room that are no longer than 256 characters are looked at.',
    maxLength: MAX_VALUE_LENGTH,
    example: 'red',
  })
  @Optional()
  @IsString()
  @TextLength(0, MAX_VALUE_LENGTH)
  dataValue?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Rooms that were made then or later',
    example: '2026-01-01T00:00:00Z',
  })
  @Optional()
  @IsDateTime()
  createdFrom?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Rooms that were made before then',
    example: '2027-01-01T00:00:00Z',
  })
  @Optional()
  @IsDateTime()
  createdBefore?: string;

  @ApiPropertyOptional({
    enum: SORTS,
    enumName: 'RoomSort',
    description:
      'By default the time of creation; by name with namePrefix. Names can be sorted by without a filter or with namePrefix, ' +
      'times of creation without a filter or with name, node, state or dataKey.',
    example: '-createdAt',
  })
  @Optional()
  @IsIn(SORTS)
  sort?: (typeof SORTS)[number];
}
