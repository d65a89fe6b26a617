import { type Steps, compareValues } from '../bson/compare.js';
import { badValue, notSupported, CommandError } from '../errors.js';
import { type Doc, isDoc, toNumber } from '../bson/values.js';
import { indexTuples } from '../storage/index-keys.js';
import { parseFieldPath } from './field-path.js';

export interface SortField {
  name: string;
  path: readonly string[];
  descending: boolean;
}

export function parseSort(spec: unknown): SortField[] {
  if (spec === undefined || spec === null) return [];
  if (!isDoc(spec)) throw new CommandError(14, "Expected field 'sort' to be of type object");
  return Object.keys(spec).map((name) => {
    const value = spec[name];
    if (isDoc(value)) throw notSupported('$meta sort is not supported by this server');
    const direction = toNumber(value);
    if (direction !== 1 && direction !== -1) {
      throw badValue('$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    const path = name === '$natural' ? [name] : parseFieldPath(name);
    return { name, path, descending: direction === -1 };
  });
}

/** The values a document is sorted by: of an array its least element, or its greatest when descending. */
export function sortKey(doc: Doc, fields: readonly SortField[]): unknown[] {
  return fields.map(({ path, descending }) => {
    const { tuples } = indexTuples(doc, [path]);
    const values = tuples.map((tuple) => tuple[0]);
    return values.reduce((best, value) => {
      const order = compareValues(value, best);
      return (descending ? order > 0 : order < 0) ? value : best;
    });
  });
}

export function compareSortKeys(
  left: readonly unknown[],
  right: readonly unknown[],
  fields: readonly SortField[],
  steps?: Steps,
): number {
  for (let i = 0; i < fields.length; i++) {
    const order = compareValues(left[i], right[i], steps);
    if (order !== 0) return fields[i]?.descending ? -order : order;
  }
  return 0;
}
