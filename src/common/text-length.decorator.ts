import { applyDecorators } from '@nestjs/common';
import { MaxLength, MinLength } from 'class-validator';

/**
 * A text of so many characters. Not class-validator's own `Length`, which looks for its message at the `length` of
 * whatever was sent, and throws when that is an object that is no number.
 */
export const TextLength = (min: number, max: number): PropertyDecorator =>
  applyDecorators(MinLength(min), MaxLength(max));
