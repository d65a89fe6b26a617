import type { TransformFnParams } from 'class-transformer';

/** Forms send strings, and some of Licode's clients 0 and 1, where JSON has booleans; null is none. */
export function toBoolean({ value }: TransformFnParams): unknown {
  if (value === null) return undefined;
  if (value === 'true' || value === 1 || value === '1') return true;
  if (value === 'false' || value === 0 || value === '0' || value === '') return false;
  return value;
}

/** Options that are a string are none: forms send `options=`, Licode's Ruby client what Ruby writes for a hash. */
export function textToNothing({ value }: TransformFnParams): unknown {
  return typeof value === 'string' ? undefined : value;
}
