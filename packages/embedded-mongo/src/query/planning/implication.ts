import { compareValues, equalValues } from '../../bson/compare.js';
import { Rank, rankOf, typeCodeOf } from '../../bson/values.js';
import type { Filter } from '../filter.js';
import type { PathPredicate, Test } from '../filter-parser.js';

/** True when every document that passes `query` surely passes a partial index's filter. */
export function implies(query: Filter, partial: Filter): boolean {
  return (
    partial.isConjunction &&
    partial.conjunction.every((wanted) =>
      query.conjunction.some((given) => predicateImplies(given, wanted)),
    )
  );
}

function predicateImplies(given: PathPredicate, wanted: PathPredicate): boolean {
  if (given.field !== wanted.field) return false;
  const test = given.test;
  if (test.op === 'in') {
    return (
      test.patterns.length === 0 &&
      test.values.length > 0 &&
      test.values.every((value) => testImplies({ op: 'eq', value }, wanted.test))
    );
  }
  return testImplies(test, wanted.test);
}

function testImplies(given: Test, wanted: Test): boolean {
  switch (wanted.op) {
    case 'exists':
      return wanted.value ? impliesExistence(given) : false;
    case 'type':
      if (given.op === 'type') return given.codes.every((code) => wanted.codes.includes(code));
      return given.op === 'eq' && valueHasType(given.value, wanted.codes);
    case 'eq':
      return given.op === 'eq' && equalValues(given.value, wanted.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return impliesComparison(given, wanted.op, wanted.value);
    case 'in':
    case 'regex':
    case 'size':
    case 'mod':
    case 'bits':
    case 'elemMatchDoc':
    case 'elemMatchValue':
    case 'not':
      return false;
  }
}

/** `{a: 1}` also finds a double or a long: only a filter that takes every number is implied. */
function valueHasType(value: unknown, codes: readonly number[]): boolean {
  switch (rankOf(value)) {
    case Rank.Null:
    case Rank.Undefined:
    case Rank.Array:
      return false;
    case Rank.Number:
      return [1, 16, 18, 19].every((code) => codes.includes(code));
    default:
      return codes.includes(typeCodeOf(value));
  }
}

function impliesExistence(given: Test): boolean {
  switch (given.op) {
    case 'eq':
    case 'gte':
    case 'lte':
      return given.value !== null;
    case 'gt':
    case 'lt':
    case 'regex':
    case 'type':
    case 'size':
    case 'mod':
    case 'bits':
    case 'elemMatchDoc':
    case 'elemMatchValue':
      return true;
    case 'exists':
      return given.value;
    case 'in':
    case 'not':
      return false;
  }
}

function impliesComparison(given: Test, op: 'gt' | 'gte' | 'lt' | 'lte', limit: unknown): boolean {
  if (
    given.op !== 'eq' &&
    given.op !== 'gt' &&
    given.op !== 'gte' &&
    given.op !== 'lt' &&
    given.op !== 'lte'
  ) {
    return false;
  }
  if (rankOf(given.value) !== rankOf(limit) || rankOf(limit) === Rank.Array) return false;
  const order = compareValues(given.value, limit);
  switch (op) {
    case 'gt':
      return given.op === 'gt'
        ? order >= 0
        : (given.op === 'eq' || given.op === 'gte') && order > 0;
    case 'gte':
      return (given.op === 'eq' || given.op === 'gt' || given.op === 'gte') && order >= 0;
    case 'lt':
      return given.op === 'lt'
        ? order <= 0
        : (given.op === 'eq' || given.op === 'lte') && order < 0;
    case 'lte':
      return (given.op === 'eq' || given.op === 'lt' || given.op === 'lte') && order <= 0;
  }
}
