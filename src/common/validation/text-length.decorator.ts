// oxlint-disable-next-line no-restricted-imports -- here is what others are to use
import { Length } from 'class-validator';

/**
 * A text of so many characters. class-validator's own message for `Length` looks at the `length` of whatever was
 * sent, and throws when that is an object that is no number.
 */
export const TextLength = (min: number, max: number): PropertyDecorator =>
  Length(min, max, { message: ({ value }) => `$property must be ${wanted(value, min, max)}` });

function wanted(value: unknown, min: number, max: number): string {
  const longer = `longer than or equal to ${min}`;
  const shorter = `shorter than or equal to ${max}`;
  if (typeof value !== 'string') return `${longer} and ${shorter} characters`;
  return `${value.length < min ? longer : shorter} characters`;
}
