import { CommandError } from '../errors.js';

/** The fields of a DBRef, whose names look like those of operators. */
export const isReferenceField = (name: string): boolean =>
  name === '$ref' || name === '$id' || name === '$db';

/** The steps of a path that a sort or a projection names. */
export function parseFieldPath(name: string): string[] {
  if (name === '') {
    throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
  }
  const steps = name.split('.');
  for (const step of steps) {
    if (step === '') {
      throw new CommandError(15998, 'FieldPath field names may not be empty strings.');
    }
    if (step.startsWith('$') && !isReferenceField(step)) {
      throw new CommandError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField. (${name})`,
      );
    }
  }
  return steps;
}
