import { ValidateBy } from 'class-validator';

const MAX_LABELS = 32;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$/;
const MAX_VALUE_LENGTH = 256;

function isLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_LABELS &&
    entries.every(
      ([name, text]) =>
        NAME.test(name) && typeof text === 'string' && text.length <= MAX_VALUE_LENGTH,
    )
  );
}

export const IsLabels = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLabels',
    validator: {
      validate: isLabels,
      defaultMessage: () =>
        `labels must be an object of at most ${MAX_LABELS} texts of at most ${MAX_VALUE_LENGTH} characters, with names of letters, digits and _./-`,
    },
  });
