import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';
import type { ErizoControllerState } from '../erizo-controller.js';
import { IsControlUrl } from './is-control-url.decorator.js';
import type { LabelChanges } from '../labels.js';
import { IsLabels } from './is-labels.decorator.js';

/** What is left out stays; null removes. */
export class UpdateNodeDto {
  @ApiPropertyOptional({
    description: '2 available, 1 nearly full, 0 full',
    type: 'integer',
    enum: [0, 1, 2],
    example: 1,
  })
  @Optional()
  @IsIn([0, 1, 2])
  state?: ErizoControllerState;

  @ApiPropertyOptional({
    description: 'A draining node keeps its rooms and gets no new ones, until this is false again',
    example: true,
  })
  @Optional()
  @IsBoolean()
  draining?: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 256, nullable: true },
    maxProperties: 32,
    nullable: true,
    description: 'Those that are left out stay; null removes one, or all. At most 32 may be left.',
    example: { zone: 'b', rack: null },
  })
  @IsOptional()
  @IsLabels({ orNull: true })
  labels?: LabelChanges | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: 64,
    description: 'Where it is; null for nowhere in particular',
    example: 'eu-west',
  })
  @IsOptional()
  @IsString()
  @TextLength(1, 64)
  region?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uri',
    maxLength: 2048,
    description: 'As at registration',
    example: 'http://10.0.0.8:8090',
  })
  @IsOptional()
  @IsControlUrl()
  controlUrl?: string | null;
}
