import { badValue } from '../../errors.js';
import type { Collection } from '../../storage/collection.js';
import type { Index } from '../../storage/index-definition.js';
import {
  MAX_FIELDS_BYTES,
  MAX_ID_BYTES,
  afterPrefix,
  encodeId,
  shorten,
} from '../../storage/keys.js';
import { type Doc, Rank, hasOwn, isDoc, rankOf, toNumber } from '../../bson/values.js';
import { type Interval, intersect, intervalsOf, normalize } from './bounds.js';
import type { Filter } from '../filter.js';
import { implies } from './implication.js';
import type { SortField } from '../sort.js';

/** A range of keys after the collection's or index's own prefix. */
export interface KeyRange {
  start: Buffer;
  end: Buffer | undefined;
}

export interface Plan {
  /** Undefined: the documents themselves, which are stored in order of `_id`. */
  index: Index | undefined;
  ranges: KeyRange[];
  /** True when the scan gives the documents in the order asked for. */
  sorted: boolean;
  reverse: boolean;
  /** False when the whole table or index is read. */
  bounded: boolean;
  /** The keys of the documents that can match, in order, when the filter gives whole `_id`s. */
  ids?: readonly Buffer[];
}

const MAX_RANGES = 100_000;
const MAX_PRODUCT = 2_000;
const WHOLE: KeyRange = { start: Buffer.alloc(0), end: undefined };

/** Which index to read, and which part of it; the filter is always checked again on what it gives. */
export function planQuery(
  collection: Collection,
  filter: Filter,
  sort: readonly SortField[],
  hint?: unknown,
): Plan {
  if (hint !== undefined) return hintedPlan(collection, filter, sort, hint);
  const byId = planByIds(filter, sort);
  if (byId !== undefined) return byId;
  let best = scanOfDocuments(collection, filter, sort);
  let bestScore = score(best);
  for (const index of collection.indexes) {
    if (index.partial !== undefined && !implies(filter, index.partial)) continue;
    const plan = scanOfIndex(index, filter, sort);
    if (plan === undefined) continue;
    const planScore = score(plan);
    if (planScore > bestScore) {
      best = plan;
      bestScore = planScore;
    }
  }
  return best;
}

/** By far the most frequent query: no index is better than the documents' own keys. */
function planByIds(filter: Filter, sort: readonly SortField[]): Plan | undefined {
  for (const { field, test } of filter.conjunction) {
    if (field !== '_id') continue;
    const values = test.op === 'eq' ? [test.value] : test.op === 'in' ? test.values : undefined;
    if (values === undefined || !values.every(isPlainId)) continue;
    if (test.op === 'in' && test.patterns.length > 0) continue;
    const ids = values.length === 1 ? [encodeId(values[0])] : sortedIds(values);
    const inIdOrder = sort.length === 0 || sort[0]?.name === '_id';
    return {
      index: undefined,
      ranges: [],
      sorted: ids.length <= 1 || inIdOrder,
      reverse: sort[0]?.name === '_id' && sort[0].descending,
      bounded: true,
      ids,
    };
  }
  return undefined;
}

function isPlainId(value: unknown): boolean {
  switch (rankOf(value)) {
    case Rank.String:
      return (value as string).length < MAX_ID_BYTES / 4;
    case Rank.ObjectId:
    case Rank.Number:
      return true;
    default:
      return false;
  }
}

function sortedIds(values: readonly unknown[]): Buffer[] {
  const ids = values.map(encodeId).sort((a, b) => Buffer.compare(a, b));
  return ids.filter((id, i) => i === 0 || !id.equals(ids[i - 1] as Buffer));
}

interface ScoredPlan extends Plan {
  points: number;
  hasRange: boolean;
  point: boolean;
}

function score(plan: ScoredPlan): number {
  if (!plan.bounded) return plan.sorted ? 1 : 0;
  const unique = plan.point && (plan.index === undefined || plan.index.unique) ? 100 : 0;
  // Of two that are as good otherwise, a partial one has less to read.
  const partial = plan.index?.partial === undefined ? 0 : 1;
  return unique + plan.points * 10 + (plan.hasRange ? 5 : 0) + (plan.sorted ? 6 : 0) + partial;
}

function scanOfDocuments(
  collection: Collection,
  filter: Filter,
  sort: readonly SortField[],
): ScoredPlan {
  const intervals = fieldIntervals('_id', filter, false, false);
  const order = collection.truncatedIds ? undefined : orderOf(['_id'], [false], [intervals], sort);
  if (intervals === undefined) {
    return {
      index: undefined,
      ranges: [WHOLE],
      sorted: sort.length === 0 || order !== undefined,
      reverse: order === 'reverse',
      bounded: false,
      points: 0,
      hasRange: false,
      point: false,
    };
  }
  const point = intervals.every((interval) => interval.point);
  return {
    index: undefined,
    ranges: intervals.map((interval) => fitRange(interval, interval.point, MAX_ID_BYTES)),
    sorted: sort.length === 0 || order !== undefined,
    reverse: order === 'reverse',
    bounded: true,
    points: point ? 1 : 0,
    hasRange: !point,
    point: point && intervals.length === 1,
  };
}

function scanOfIndex(
  index: Index,
  filter: Filter,
  sort: readonly SortField[],
): ScoredPlan | undefined {
  const perField: (Interval[] | undefined)[] = [];
  let prefixes: Interval[] = [{ start: Buffer.alloc(0), end: Buffer.alloc(0), point: true }];
  let points = 0;
  let hasRange = false;
  let usedMultikey = false;
  for (let i = 0; i < index.fieldNames.length; i++) {
    const multikey = index.record.multikey[i] === true;
    // Two fields through one array: each key pairs values of one element, the query may not.
    if (multikey && usedMultikey) break;
    const name = index.fieldNames[i] as string;
    const intervals = fieldIntervals(name, filter, index.descending[i] === true, multikey);
    if (intervals === undefined) break;
    const limit = i === 0 ? MAX_RANGES : MAX_PRODUCT;
    if (prefixes.length * intervals.length > limit) break;
    usedMultikey ||= multikey;
    perField.push(intervals);
    prefixes = product(prefixes, intervals);
    if (intervals.every((interval) => interval.point)) {
      points++;
    } else {
      hasRange = true;
      break;
    }
  }
  const bounded = perField.length > 0;
  if (index.sparse && !sparseIsEnough(index, filter)) return undefined;
  const names = index.unique ? index.fieldNames : [...index.fieldNames, '_id'];
  const order = isInOrder(index, perField, sort)
    ? orderOf(names, index.descending, perField, sort)
    : undefined;
  if (!bounded && (order === undefined || sort.length === 0)) return undefined;
  const whole = points === index.fieldNames.length;
  return {
    index,
    ranges: bounded
      ? prefixes.map((interval) => fitRange(interval, whole, MAX_FIELDS_BYTES))
      : [WHOLE],
    sorted: sort.length === 0 || order !== undefined,
    reverse: order === 'reverse',
    bounded,
    points,
    hasRange,
    point: whole && prefixes.length === 1,
  };
}

/**
 * Whether the entries that are read are in an order of documents: of an array, a single element must be asked for, and
 * nobody may want the order of the arrays, which is that of their least elements.
 */
function isInOrder(
  { fieldNames, record }: Index,
  perField: readonly (Interval[] | undefined)[],
  sort: readonly SortField[],
): boolean {
  if (record.truncated) return false;
  return fieldNames.every((field, i) => {
    if (record.multikey[i] !== true) return true;
    return isPoint(perField[i]) && !sort.some(({ name }) => name === field);
  });
}

function isPoint(intervals: readonly Interval[] | undefined): boolean {
  return intervals?.length === 1 && intervals[0]?.point === true;
}

/** A sparse index lacks documents that have none of its fields: the query must ask for one. */
function sparseIsEnough(index: Index, filter: Filter): boolean {
  return filter.conjunction.some(({ field, test }) => {
    if (!index.fieldNames.includes(field)) return false;
    switch (test.op) {
      case 'eq':
      case 'gte':
      case 'lte':
        return test.value !== null && test.value !== undefined;
      case 'in':
        return !test.values.some((value) => value === null || value === undefined);
      case 'gt':
      case 'lt':
      case 'regex':
        return true;
      case 'exists':
        return test.value;
      case 'type':
        return true;
      case 'size':
      case 'mod':
      case 'bits':
      case 'elemMatchDoc':
      case 'elemMatchValue':
        return true;
      case 'not':
        return false;
    }
  });
}

/** All that the filter says about one field, as intervals; undefined when it says nothing usable. */
function fieldIntervals(
  name: string,
  filter: Filter,
  descending: boolean,
  multikey: boolean,
): Interval[] | undefined {
  let result: Interval[] | undefined;
  for (const { field, test } of filter.conjunction) {
    if (field !== name) continue;
    const intervals = intervalsOf(test, descending);
    if (intervals === undefined) continue;
    if (result === undefined) {
      result = intervals;
    } else if (multikey) {
      // Different elements may satisfy different tests: keep the narrower-looking one only.
      if (intervals.every((interval) => interval.point)) result = intervals;
    } else if (result.length * intervals.length <= MAX_RANGES) {
      result = intersect(result, intervals);
    }
  }
  return result;
}

function product(prefixes: Interval[], intervals: Interval[]): Interval[] {
  if (prefixes.length === 1 && prefixes[0]?.start.length === 0) return intervals;
  const all: Interval[] = [];
  for (const prefix of prefixes) {
    for (const { start, end, point } of intervals) {
      all.push({
        start: Buffer.concat([prefix.start, start]),
        end: Buffer.concat([prefix.start, end]),
        point,
      });
    }
  }
  return normalize(all);
}

/** Bounds longer than a stored key are widened to what such keys still hold. */
function fitRange(interval: Interval, whole: boolean, max: number): KeyRange {
  const kept = max - 32;
  const { start, end } = interval;
  if (whole && interval.point) {
    const key = shorten(start, max);
    return { start: key, end: Buffer.concat([key, Buffer.from([0xff])]) };
  }
  return {
    start: start.length > kept ? start.subarray(0, kept) : start,
    end: end.length > kept ? afterPrefix(end.subarray(0, kept)) : end,
  };
}

/** How reading the index gives the sort: forwards, in reverse, or not at all. */
function orderOf(
  names: readonly string[],
  descending: readonly boolean[],
  perField: readonly (readonly Interval[] | undefined)[],
  sort: readonly SortField[],
): 'forward' | 'reverse' | undefined {
  const pinned = new Set<string>();
  names.forEach((name, i) => {
    if (isPoint(perField[i])) pinned.add(name);
  });
  const wanted = sort.filter((field) => !pinned.has(field.name));
  if (wanted.length === 0) return sort.length === 0 ? undefined : 'forward';
  let at = 0;
  let reverse: boolean | undefined;
  for (const field of wanted) {
    while (at < names.length && pinned.has(names[at] as string)) at++;
    if (names[at] !== field.name) return undefined;
    const opposite = (descending[at] === true) !== field.descending;
    if (reverse === undefined) reverse = opposite;
    else if (reverse !== opposite) return undefined;
    at++;
    if (field.name === '_id' && at === names.length) break;
  }
  return reverse ? 'reverse' : 'forward';
}

function hintedPlan(
  collection: Collection,
  filter: Filter,
  sort: readonly SortField[],
  hint: unknown,
): Plan {
  if (isNatural(hint)) {
    const backwards = isDoc(hint) && (toNumber(hint['$natural']) ?? 1) < 0;
    return {
      index: undefined,
      ranges: [WHOLE],
      sorted: sort.length === 0,
      reverse: backwards,
      bounded: false,
    };
  }
  if (isIdHint(hint)) return scanOfDocuments(collection, filter, sort);
  const [index, another] = collection.indexes.filter(
    (candidate) =>
      candidate.name === hint ||
      (isDoc(hint) && sameKeyPattern(candidate.record.spec['key'], hint)),
  );
  if (another !== undefined) {
    throw badValue('Several indexes have the key of the hint: name the one that is meant');
  }
  if (index === undefined) {
    throw badValue(
      'error processing query: planner returned error: hint provided does not correspond to an existing index',
    );
  }
  if (index.partial !== undefined && !implies(filter, index.partial)) {
    throw badValue('the hinted partial index does not hold all documents the query may match');
  }
  return (
    scanOfIndex(index, filter, sort) ?? {
      index,
      ranges: [WHOLE],
      sorted: sort.length === 0,
      reverse: false,
      bounded: false,
    }
  );
}

function isNatural(hint: unknown): boolean {
  return isDoc(hint) && hasOwn(hint, '$natural');
}

function isIdHint(hint: unknown): boolean {
  return hint === '_id_' || (isDoc(hint) && sameKeyPattern({ _id: 1 }, hint));
}

export function sameKeyPattern(left: unknown, right: Doc): boolean {
  if (!isDoc(left)) return false;
  const a = Object.keys(left);
  const b = Object.keys(right);
  return (
    a.length === b.length &&
    a.every((name, i) => name === b[i] && toNumber(left[name]) === toNumber(right[name]))
  );
}
