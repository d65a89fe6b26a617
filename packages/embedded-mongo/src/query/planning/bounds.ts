import { BSONRegExp, Decimal128, Long } from 'bson';
import { Rank, rankOf } from '../../bson/values.js';
import { encodeValue } from '../../storage/key-encoding.js';
import type { Test } from '../filter-parser.js';

/** A half-open range of one field's encoded values. A point holds a single value. */
export interface Interval {
  start: Buffer;
  end: Buffer;
  point: boolean;
}

/** Sorts after whatever can follow an encoded value in a key, since no value starts with 0xFF. */
const AFTER = Buffer.from([0xff]);

const after = (bytes: Buffer): Buffer => Buffer.concat([bytes, AFTER]);

function point(value: unknown, descending: boolean): Interval {
  const start = encodeValue(value, descending);
  return { start, end: after(start), point: true };
}

/** The values equal to `value`, or undefined when an index cannot list them. */
function pointsOf(value: unknown, descending: boolean): Interval[] | undefined {
  switch (rankOf(value)) {
    case Rank.Array:
      // An array is indexed by its elements, not as a whole.
      return undefined;
    case Rank.Null:
    case Rank.Undefined:
      return [point(undefined, descending), point(null, descending)];
    default:
      return [point(value, descending)];
  }
}

/** All values of the type of `value`. */
function bracket(rank: Rank, descending: boolean): Interval {
  const first = descending ? ~rank & 0xff : rank;
  return { start: Buffer.from([first]), end: Buffer.from([first + 1]), point: false };
}

/** The intervals that hold every value that can pass the test; undefined when that is all of them. */
export function intervalsOf(test: Test, descending: boolean): Interval[] | undefined {
  switch (test.op) {
    case 'eq':
      return pointsOf(test.value, descending);
    case 'in': {
      if (test.patterns.length > 0) return undefined;
      const all: Interval[] = [];
      for (const value of test.values) {
        const points = pointsOf(value, descending);
        if (points === undefined) return undefined;
        all.push(...points);
      }
      return normalize(all);
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return rangeOf(test.op, test.value, descending);
    case 'regex':
      return prefixOf(test.source, test.pattern, descending);
    case 'elemMatchValue':
      return intervalsOfAll(test.tests, descending);
    case 'exists':
      // What is missing is indexed as null.
      return test.value ? undefined : [point(null, descending)];
    case 'type':
    case 'size':
    case 'mod':
    case 'bits':
    case 'elemMatchDoc':
    case 'not':
      return undefined;
  }
}

/**
 * One element has to pass all of them, so that their bounds may be taken together. What is asked of the elements of an
 * element says nothing here: it is indexed as a whole.
 */
function intervalsOfAll(tests: readonly Test[], descending: boolean): Interval[] | undefined {
  let all: Interval[] | undefined;
  for (const test of tests) {
    if (test.op === 'elemMatchValue') continue;
    const own = intervalsOf(test, descending);
    if (own !== undefined) all = all === undefined ? own : intersect(all, own);
  }
  return all;
}

function rangeOf(
  op: 'gt' | 'gte' | 'lt' | 'lte',
  value: unknown,
  descending: boolean,
): Interval[] | undefined {
  const rank = rankOf(value);
  switch (rank) {
    case Rank.MinKey:
    case Rank.MaxKey:
    case Rank.Array:
      return undefined;
    case Rank.Null:
    case Rank.Undefined:
      return op === 'gte' || op === 'lte' ? pointsOf(null, descending) : [];
    default:
  }
  const range = bracket(rank, descending);
  const key = encodeValue(value, descending);
  // In a descending text another one may sort between a key and what follows it.
  const sharp = (!descending || FIXED_LENGTH.has(rank)) && !isBetweenDoubles(value);
  const excluded = (op === 'gt' || op === 'lt') && sharp;
  if ((op === 'gt' || op === 'gte') === !descending) range.start = excluded ? after(key) : key;
  else range.end = excluded ? key : after(key);
  return [range];
}

/** Keys of what lies just above such a number may begin as its own does. */
const isBetweenDoubles = (value: unknown): boolean =>
  value instanceof Decimal128 || (value instanceof Long && !Number.isSafeInteger(value.toNumber()));

const FIXED_LENGTH = new Set([Rank.Number, Rank.ObjectId, Rank.Boolean, Rank.Date, Rank.Timestamp]);

/** A case-sensitive pattern that starts with plain text is a range of that text. */
function prefixOf(source: unknown, pattern: RegExp, descending: boolean): Interval[] | undefined {
  if (descending || pattern.flags.includes('i') || pattern.flags.includes('m')) return undefined;
  // A stored regular expression can equal one in the query, and lies outside the range of text.
  if (source instanceof BSONRegExp || source instanceof RegExp) return undefined;
  const found = /^\^([A-Za-z0-9 _\-:/@]+)/.exec(pattern.source);
  if (!found || hasAlternatives(pattern.source)) return undefined;
  let prefix = found[1] as string;
  if (/^[*?{]/.test(pattern.source.slice(found[0].length))) prefix = prefix.slice(0, -1);
  if (prefix === '') return undefined;
  const start = encodeValue(prefix).subarray(0, -1);
  return [{ start: Buffer.from(start), end: after(start), point: false }];
}

/** Alternatives of the whole pattern: those within a group come after what is before the group. */
function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (const [part] of source.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|[(|)]/g)) {
    if (part === '(') depth++;
    else if (part === ')') depth--;
    else if (part === '|' && depth === 0) return true;
  }
  return false;
}

/** Sorted and without duplicates, so that a scan of them is a scan in index order. */
export function normalize(intervals: Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => Buffer.compare(a.start, b.start));
  return sorted.filter(
    (item, i) => i === 0 || !item.start.equals((sorted[i - 1] as Interval).start),
  );
}

/** What lies in both lists; both are sorted and each is disjoint in itself. */
export function intersect(left: Interval[], right: Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const a of left) {
    for (const b of right) {
      const start = Buffer.compare(a.start, b.start) >= 0 ? a.start : b.start;
      const end = Buffer.compare(a.end, b.end) <= 0 ? a.end : b.end;
      if (Buffer.compare(start, end) < 0) result.push({ start, end, point: a.point || b.point });
    }
  }
  return result;
}
