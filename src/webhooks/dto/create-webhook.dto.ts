import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsMongoId,
  IsString,
} from 'class-validator';
import { Types } from 'mongoose';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { WebhookSettings } from '../webhook-view.js';
import {
  MAX_DESCRIPTION,
  MAX_ROOMS,
  ROOM_ID_PATTERN,
  WebhookSettingsDto,
} from './webhook-settings.dto.js';

@ApiSchema({ name: 'CreateWebhook' })
export class CreateWebhookDto extends WebhookSettingsDto {
  @ApiProperty({
    description:
      'Where events are sent: https, without credentials and fragment; no address that is not public',
    example: 'https://example.com/nuvem-events',
    minLength: 1,
    maxLength: 2048,
  })
  @IsString()
  @TextLength(1, 2048)
  url!: string;

  @ApiPropertyOptional({
    type: 'array',
    minItems: 1,
    maxItems: MAX_ROOMS,
    uniqueItems: true,
    items: { type: 'string', pattern: ROOM_ID_PATTERN },
    description: 'Ids of rooms: no other events are sent. Left out: all',
    example: ['65f0c0ffee65f0c0ffee65f1'],
  })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ROOMS)
  @ArrayUnique()
  @IsMongoId({ each: true })
  rooms?: string[];

  @ApiPropertyOptional({
    description: 'For people',
    example: 'bookings',
    maxLength: MAX_DESCRIPTION,
  })
  @Optional()
  @IsString()
  @TextLength(0, MAX_DESCRIPTION)
  description?: string;

  static settingsOf({
    url,
    types = ['*'],
    rooms,
    description,
    enabled = true,
  }: CreateWebhookDto): WebhookSettings {
    return {
      url,
      types,
      enabled,
      ...(rooms && { rooms: rooms.map((room) => new Types.ObjectId(room)) }),
      ...(description !== undefined && { description }),
    };
  }
}
