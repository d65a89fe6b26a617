import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { Optional } from '../../common/validation/optional.decorator.js';
import { TextLength } from '../../common/validation/text-length.decorator.js';

/** Where a participant is, as requests for a token and for an explanation of its placement give it. */
export const IsRegion = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      example: 'eu-west',
      maxLength: 64,
      description: 'Where the participant is; the `region` strategy places the room near it.',
    }),
    Optional(),
    IsString(),
    TextLength(0, 64),
  );
