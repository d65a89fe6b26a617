import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsMongoId,
  IsOptional,
  IsString,
} from 'class-validator';
import { Types } from 'mongoose';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { WebhookChanges } from '../webhook-view.js';
import {
  MAX_DESCRIPTION,
  MAX_ROOMS,
  ROOM_ID_PATTERN,
  WebhookSettingsDto,
} from './webhook-settings.dto.js';

/** What is left out stays. */
@ApiSchema({ name: 'UpdateWebhook' })
export class UpdateWebhookDto extends WebhookSettingsDto {
  @ApiPropertyOptional({
    description: 'Where events are sent from now on',
    example: 'https://example.com/nuvem-events',
    minLength: 1,
    maxLength: 2048,
  })
  @Optional()
  @IsString()
  @TextLength(1, 2048)
  url?: string;

  @ApiPropertyOptional({
    type: 'array',
    nullable: true,
    minItems: 1,
    maxItems: MAX_ROOMS,
    uniqueItems: true,
    items: { type: 'string', pattern: ROOM_ID_PATTERN },
    description: 'Ids of rooms: no other events are sent; null for all',
    example: ['65f0c0ffee65f0c0ffee65f1'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ROOMS)
  @ArrayUnique()
  @IsMongoId({ each: true })
  rooms?: string[] | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'For people; null for none',
    example: 'bookings',
    maxLength: MAX_DESCRIPTION,
  })
  @IsOptional()
  @IsString()
  @TextLength(0, MAX_DESCRIPTION)
  description?: string | null;

  static changesOf({ rooms, ...others }: UpdateWebhookDto): WebhookChanges {
    return { ...others, rooms: rooms && rooms.map((room) => new Types.ObjectId(room)) };
  }
}
