import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TYPE_PATTERN, TYPE_PATTERNS } from '../event-filter.js';

const MAX_TYPES = 32;
export const MAX_ROOMS = 100;
export const MAX_DESCRIPTION = 256;

/** As 24 hex digits. */
export const ROOM_ID_PATTERN = '^[0-9a-fA-F]{24}$';

/** What may be said of a webhook when it is made and when it is changed. */
export class WebhookSettingsDto {
  @ApiPropertyOptional({
    type: 'array',
    minItems: 1,
    maxItems: MAX_TYPES,
    uniqueItems: true,
    items: { type: 'string', pattern: TYPE_PATTERN },
    description:
      'Which events are sent: types, all of a kind (`room.*`), or `*`, which a new webhook has',
    example: ['room.*', 'participant.joined'],
  })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TYPES)
  @ArrayUnique()
  @IsIn(TYPE_PATTERNS, {
    each: true,
    message: 'types must be types of events, all of a kind as room.*, or *',
  })
  types?: string[];

  @ApiPropertyOptional({
    type: 'boolean',
    description: 'Whether events are sent; what happens meanwhile is sent once they are',
    example: true,
  })
  @Optional()
  @IsBoolean()
  enabled?: boolean;
}
