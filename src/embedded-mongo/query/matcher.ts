import { ObjectId, Timestamp } from 'bson';
import { compareValues, equalValues } from '../bson/compare.js';
import { type Doc, Rank, hasOwn, isDoc, rankOf, toNumber, typeCodeOf } from '../bson/values.js';
import { isTrue } from '../aggregate/operators/logic.js';
import type { Node, Test } from './filter-parser.js';

export type Match = (doc: Doc) => boolean;
type ValueMatch = (value: unknown) => boolean;

/** Stands for "no such field", which null matches but no other value does. */
const MISSING: unknown = undefined;

/**
 * Where in an array the last match was, for the positional `$` of updates and projections: the
 * server is single-threaded and the caller reads it right after the match.
 */
let matchedPosition = -1;

export function matchPosition(match: Match, doc: Doc): { matches: boolean; position: number } {
  matchedPosition = -1;
  const matches = match(doc);
  return { matches, position: matchedPosition };
}

export function compileNode(node: Node): Match {
  switch (node.kind) {
    case 'and': {
      const matches = node.children.map(compileNode);
      return (doc) => matches.every((match) => match(doc));
    }
    case 'or': {
      const matches = node.children.map(compileNode);
      return (doc) => matches.some((match) => match(doc));
    }
    case 'nor': {
      const matches = node.children.map(compileNode);
      return (doc) => !matches.some((match) => match(doc));
    }
    case 'constant':
      return () => node.value;
    case 'expr':
      return (doc) => isTrue(node.evaluate(doc));
    case 'path':
      return compileTest(node.path, node.test);
  }
}

function compileTest(path: readonly string[], test: Test): Match {
  if (test.op === 'not') {
    const inner = test.tests.map((child) => compileTest(path, child));
    return (doc) => {
      const position = matchedPosition;
      const matched = inner.every((match) => match(doc));
      matchedPosition = position;
      return !matched;
    };
  }
  if (test.op === 'exists') {
    const wanted = test.value;
    return (doc) => walk(doc, path, 0, exists) === wanted;
  }
  const match = compileValue(test);
  if (WHOLE_ARRAY.has(test.op)) return (doc) => walk(doc, path, 0, match);
  const matchOrElement = (value: unknown): boolean => match(value) || someElement(value, match);
  const single = path.length === 1 ? (path[0] as string) : undefined;
  if (single !== undefined) {
    return (doc) => matchOrElement(hasOwn(doc, single) ? doc[single] : MISSING);
  }
  return (doc) => walk(doc, path, 0, matchOrElement);
}

/** Tests that look at an array as a whole rather than at its elements. */
const WHOLE_ARRAY = new Set<Test['op']>(['size', 'elemMatchDoc', 'elemMatchValue']);

const exists: ValueMatch = (value) => value !== MISSING;

function someElement(value: unknown, match: ValueMatch): boolean {
  if (!Array.isArray(value)) return false;
  const index = value.findIndex(match);
  if (index >= 0) matchedPosition = index;
  return index >= 0;
}

/** Follows a path into every document of every array on the way; a number may also name an element. */
function walk(node: unknown, path: readonly string[], at: number, match: ValueMatch): boolean {
  if (at === path.length) return match(node);
  const step = path[at] as string;
  if (Array.isArray(node)) {
    const index = Number(step);
    if (Number.isInteger(index) && index >= 0 && index < node.length) {
      if (walk(node[index], path, at + 1, match)) return true;
    }
    const found = node.findIndex((item) => isDoc(item) && walk(item, path, at, match));
    if (found >= 0) matchedPosition = found;
    return found >= 0;
  }
  if (isDoc(node) && hasOwn(node, step)) return walk(node[step], path, at + 1, match);
  return match(MISSING);
}

function compileValue(test: Exclude<Test, { op: 'not' | 'exists' }>): ValueMatch {
  switch (test.op) {
    case 'eq':
      return equalTo(test.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return ordered(test.op, test.value);
    case 'in': {
      const { patterns } = test;
      const equal = anyOf(test.values);
      if (patterns.length === 0) return equal;
      return (value) => equal(value) || patterns.some((pattern) => matchesPattern(pattern, value));
    }
    case 'regex': {
      const { pattern, source } = test;
      return (value) =>
        matchesPattern(pattern, value) ||
        (rankOf(value) === Rank.RegExp &&
          rankOf(source) === Rank.RegExp &&
          equalValues(value, source));
    }
    case 'type': {
      const { codes } = test;
      return (value) => value !== MISSING && codes.includes(typeCodeOf(value));
    }
    case 'size':
      return (value) => Array.isArray(value) && value.length === test.value;
    case 'mod':
      return (value) => {
        const number = toNumber(value);
        return (
          number !== undefined &&
          Number.isFinite(number) &&
          Math.trunc(number) % test.divisor === test.remainder
        );
      };
    case 'bits':
      return bitsOf(test.mode, test.mask);
    case 'elemMatchDoc': {
      const match = compileNode(test.node);
      return elementOf((item) => (isDoc(item) || Array.isArray(item)) && match(item as Doc));
    }
    case 'elemMatchValue': {
      const tests = test.tests.map(compileElementTest);
      return elementOf((item) => tests.every((match) => match(item)));
    }
  }
}

function elementOf(match: ValueMatch): ValueMatch {
  return (value) => {
    if (!Array.isArray(value)) return false;
    const index = value.findIndex(match);
    if (index >= 0) matchedPosition = index;
    return index >= 0;
  };
}

function compileElementTest(test: Test): ValueMatch {
  if (test.op === 'not') {
    const inner = test.tests.map(compileElementTest);
    return (value) => !inner.every((match) => match(value));
  }
  if (test.op === 'exists') return () => test.value;
  const match = compileValue(test);
  if (WHOLE_ARRAY.has(test.op)) return match;
  return (value) => match(value) || (Array.isArray(value) && value.some(match));
}

function equalTo(wanted: unknown): ValueMatch {
  if (wanted === null) return (value) => value === null || value === MISSING;
  if (typeof wanted === 'string') {
    return (value) => value === wanted || (typeof value === 'object' && equalValues(value, wanted));
  }
  return (value) => value !== MISSING && equalValues(value, wanted);
}

function anyOf(wanted: readonly unknown[]): ValueMatch {
  const matches = wanted.map(equalTo);
  if (matches.length < 8) return (value) => matches.some((match) => match(value));
  const strings = new Set(wanted.filter((item) => typeof item === 'string'));
  const ids = new Set(
    wanted.filter((item) => item instanceof ObjectId).map((id) => id.toHexString()),
  );
  return (value) => {
    if (typeof value === 'string') return strings.has(value);
    if (value instanceof ObjectId) return ids.has(value.toHexString());
    return matches.some((match) => match(value));
  };
}

/** Comparisons hold only between values of one type, except with MinKey and MaxKey. */
function ordered(op: 'gt' | 'gte' | 'lt' | 'lte', wanted: unknown): ValueMatch {
  const rank = rankOf(wanted);
  const accepts = (order: number): boolean => {
    if (order === 0) return op === 'gte' || op === 'lte';
    return order > 0 ? op === 'gt' || op === 'gte' : op === 'lt' || op === 'lte';
  };
  if (rank === Rank.Null || rank === Rank.Undefined) {
    return op === 'gte' || op === 'lte'
      ? (value) => value === null || value === MISSING
      : () => false;
  }
  if (rank === Rank.MinKey || rank === Rank.MaxKey) {
    return (value) => value !== MISSING && accepts(compareValues(value, wanted));
  }
  const wantedIsNaN = Number.isNaN(toNumber(wanted));
  return (value) => {
    if (value === MISSING || rankOf(value) !== rank) return false;
    if (rank === Rank.Number && Number.isNaN(toNumber(value)) !== wantedIsNaN) return false;
    return accepts(compareValues(value, wanted));
  };
}

function matchesPattern(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function bitsOf(mode: 'allSet' | 'allClear' | 'anySet' | 'anyClear', mask: bigint): ValueMatch {
  return (value) => {
    if (value instanceof Timestamp) return false;
    const number = toNumber(value);
    if (number === undefined || !Number.isInteger(number)) return false;
    const set = BigInt.asIntN(64, BigInt(number)) & mask;
    switch (mode) {
      case 'allSet':
        return set === mask;
      case 'allClear':
        return set === 0n;
      case 'anySet':
        return set !== 0n;
      case 'anyClear':
        return set !== mask;
    }
  };
}
