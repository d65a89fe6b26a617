import { BSONRegExp } from 'bson';
import { compareValues, equalValues } from '../bson/compare.js';
import { badValue } from '../errors.js';
import { type Doc, hasOwn, isDoc, toNumber } from '../bson/values.js';
import { compileFilter } from '../query/filter.js';
import { compareSortKeys, parseSort, sortKey } from '../query/sort.js';

/** `$push`, with its modifiers in the order MongoDB applies them: position, sort, slice. */
export function pushInto(array: readonly unknown[], value: unknown): unknown[] {
  if (!isDoc(value) || !hasOwn(value, '$each')) return [...array, value];
  const unknown = Object.keys(value).find(
    (key) => !['$each', '$position', '$sort', '$slice'].includes(key),
  );
  if (unknown !== undefined) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  const items: unknown = value['$each'];
  if (!Array.isArray(items)) throw badValue('The argument to $each in $push must be an array');
  const result = insertAt(array, items, value['$position']);
  sortArray(result, value['$sort']);
  return slice(result, value['$slice']);
}

function insertAt(array: readonly unknown[], items: unknown[], at: unknown): unknown[] {
  if (at === undefined) return [...array, ...items];
  const position = toNumber(at);
  if (position === undefined || !Number.isInteger(position)) {
    throw badValue('The value for $position must be an integer value');
  }
  const index = position < 0 ? Math.max(0, array.length + position) : position;
  return [...array.slice(0, index), ...items, ...array.slice(index)];
}

function sortArray(array: unknown[], spec: unknown): void {
  if (spec === undefined) return;
  if (isDoc(spec)) {
    const fields = parseSort(spec);
    const keyed = array.map((item) => ({ item, key: sortKey(isDoc(item) ? item : {}, fields) }));
    keyed.sort((a, b) => compareSortKeys(a.key, b.key, fields));
    keyed.forEach(({ item }, i) => (array[i] = item));
    return;
  }
  const direction = toNumber(spec);
  if (direction !== 1 && direction !== -1) {
    throw badValue('The $sort element value must be either 1 or -1');
  }
  array.sort((a, b) => direction * compareValues(a, b));
}

function slice(array: unknown[], value: unknown): unknown[] {
  if (value === undefined) return array;
  const count = toNumber(value);
  if (count === undefined || !Number.isInteger(count)) {
    throw badValue('The value for $slice must be an integer value');
  }
  return count < 0 ? array.slice(count) : array.slice(0, count);
}

/** `$pull` takes a value to equal, a condition on the element, or a filter on element documents. */
export function pullMatcher(condition: unknown): (item: unknown) => boolean {
  if (condition instanceof BSONRegExp || condition instanceof RegExp) return wrapped(condition);
  if (!isDoc(condition)) return (item) => equalValues(item, condition);
  const first = Object.keys(condition)[0];
  if (first?.startsWith('$') && !['$and', '$or', '$nor'].includes(first)) return wrapped(condition);
  const { matches } = compileFilter(condition);
  return (item) => isDoc(item) && matches(item);
}

function wrapped(condition: Doc | BSONRegExp | RegExp): (item: unknown) => boolean {
  const { matches } = compileFilter({ item: condition });
  return (item) => matches({ item });
}
