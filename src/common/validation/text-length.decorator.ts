import { ValidateBy } from 'class-validator';

/**
 * A text of so many characters: code points, as JSON Schema counts. class-validator's own `Length` counts a variation selector
 * as nothing, and its message looks at the `length` of whatever was sent, and throws when that is an object that is no number.
 */
export const TextLength = (min: number, max: number): PropertyDecorator =>
  ValidateBy({
    name: 'textLength',
    validator: {
      validate: (value: unknown) => isTextOf(value, min, max),
      defaultMessage: ({ property = '', value } = {} as never) =>
        `${property} must be ${wanted(value, min, max)}`,
    },
  });

/** Whether this is a text of so many code points. */
export function isTextOf(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string') return false;
  const length = lengthOf(value);
  return length >= min && length <= max;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function wanted(value: unknown, min: number, max: number): string {
  const longer = `longer than or equal to ${min}`;
  const shorter = `shorter than or equal to ${max}`;
  if (min === 0) return `${shorter} characters`;
  if (typeof value !== 'string') return `${longer} and ${shorter} characters`;
  return `${lengthOf(value) < min ? longer : shorter} characters`;
}
