import { isMongoId, ValidateBy } from 'class-validator';
import { isDateTime } from '../../../common/validation/is-date-time.decorator.js';
import { isTextOf } from '../../../common/validation/text-length.decorator.js';

const MAX_TEXT = 256;
/** Nuve's routes bound no name. */
const MAX_NAME = 1_024;

const RULES = {
  id: isMongoId,
  text: (value: unknown) => isTextOf(value, 1, MAX_TEXT),
  name: (value: unknown) => isTextOf(value, 0, MAX_NAME),
  time: isDateTime,
  reason: (value: unknown) => value === 'left' || value === 'removed' || value === 'timeout',
} as const;

type RuleName = keyof typeof RULES;

/** What the fields of an item are; with a question mark, one may be left out. */
type Fields = Readonly<Record<string, RuleName | `${RuleName}?`>>;

/** Lists are no DTOs to the validator: see `wrapInput`. */
function isItem(value: unknown, fields: Fields): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const given = value as Record<string, unknown>;
  return (
    Object.keys(given).every((name) => Object.hasOwn(fields, name)) &&
    Object.entries(fields).every(([name, rule]) => {
      const isOptional = rule.endsWith('?');
      if (!Object.hasOwn(given, name)) return isOptional;
      return RULES[(isOptional ? rule.slice(0, -1) : rule) as RuleName](given[name]);
    })
  );
}

/** A list of so many items at most, which have these fields and no others. */
export const IsListOf = (max: number, fields: Fields): PropertyDecorator =>
  ValidateBy({
    name: 'isListOf',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && value.length <= max && value.every((item) => isItem(item, fields)),
      defaultMessage: ({ property = '' } = {} as never) =>
        `${property} must be a list of at most ${max} items with ${Object.keys(fields).join(', ')}`,
    },
  });
