import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsInt, IsMongoId, IsString, Matches, Max, Min, ValidateBy } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import { EVENT_TYPES } from '../../outbox/event-types.js';
import { isOfType } from '../log/event-log.js';

const MAX_WAIT_SECONDS = 25;

/** A type, or the beginning of some. */
const TYPE = /^(\*|[a-z]+\.(\*|[a-z]+))$/;

function toNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** Whether each of a list names a type, or some. */
function areEventTypes(types: readonly string[]): boolean {
  return types.every(
    (wanted) => TYPE.test(wanted) && EVENT_TYPES.some((type) => isOfType(type, wanted)),
  );
}

const IsTypeList = (): PropertyDecorator =>
  ValidateBy({
    name: 'isTypeList',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && areEventTypes(value.split(',')),
      defaultMessage: () =>
        '$property must be types of events, separated by commas, as room.*,token.redeemed',
    },
  });

/** Which events are asked for. */
export class ListEventsQuery {
  @ApiPropertyOptional({
    description:
      '`next` of the page before: events after it. `latest`: only what happens from now on. Left out: from the oldest that ' +
      'is kept.',
    example: '1042',
    pattern: '^(latest|\\d{1,15})$',
  })
  @Optional()
  @IsString()
  @Matches(/^(latest|\d{1,15})$/, { message: '$property must be a cursor, or latest' })
  after?: string;

  @ApiPropertyOptional({
    description: 'Types, separated by commas; a `*` stands for the rest of one',
    example: 'room.*,participant.joined',
    minLength: 1,
    maxLength: 1024,
  })
  @Optional()
  @IsString()
  @TextLength(1, 1024)
  @IsTypeList()
  types?: string;

  @ApiPropertyOptional({
    description: 'Events of this room',
    example: '65f0c0ffee65f0c0ffee65f1',
    pattern: '^[0-9a-fA-F]{24}$',
  })
  @Optional()
  @IsMongoId()
  roomId?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1_000,
    default: 100,
    description: 'How many events a page has at most; large ones end it earlier',
    example: 100,
  })
  @Transform(toNumber)
  @Optional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 100;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_WAIT_SECONDS,
    default: 0,
    description: 'How many seconds to wait for the first event where there is none',
    example: 25,
  })
  @Transform(toNumber)
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_WAIT_SECONDS)
  wait: number = 0;
}
