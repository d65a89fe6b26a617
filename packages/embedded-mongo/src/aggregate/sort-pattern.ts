import { CommandError, notSupported } from '../errors.js';
import { isDoc, toNumber, typeName } from '../bson/values.js';
import { type SortField, parseSort } from '../query/sort.js';
import { parseFieldPath } from './field-path.js';

/** The pattern of a `$sort`, checked as the stage does. */
export function sortPattern(spec: unknown): SortField[] {
  if (!isDoc(spec)) {
    throw new CommandError(15973, 'the $sort key specification must be an object');
  }
  const names = Object.keys(spec);
  if (names.length === 0) {
    throw new CommandError(15976, '$sort stage must have at least one sort key');
  }
  for (const name of names) {
    const value = spec[name];
    if (isDoc(value)) throw notSupported('$meta sort is not supported by this server');
    const direction = toNumber(value);
    if (direction === undefined) {
      throw new CommandError(
        15974,
        `Illegal key in $sort specification: ${name}: ${typeName(value)}`,
      );
    }
    if (direction !== 1 && direction !== -1) {
      throw new CommandError(
        15975,
        '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
      );
    }
    parseFieldPath(name);
  }
  return parseSort(spec);
}
