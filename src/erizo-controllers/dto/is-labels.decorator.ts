import { ValidateBy } from 'class-validator';
import { isTextOf } from '../../common/validation/text-length.decorator.js';
import { MAX_LABELS } from '../labels.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$/;
const MAX_VALUE_LENGTH = 256;

function isLabels(value: unknown, orNull: boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_LABELS &&
    entries.every(
      ([name, text]) =>
        NAME.test(name) && (isTextOf(text, 0, MAX_VALUE_LENGTH) || (orNull && text === null)),
    )
  );
}

/** @param options.orNull whether a label may be null, which removes it */
export const IsLabels = ({ orNull = false } = {}): PropertyDecorator =>
  ValidateBy({
    name: 'isLabels',
    validator: {
      validate: (value: unknown) => isLabels(value, orNull),
      defaultMessage: () =>
        `labels must be an object of at most ${MAX_LABELS} texts of at most ${MAX_VALUE_LENGTH} characters, with names of letters, digits and _./-`,
    },
  });
