import { compareValues, equalValues } from '../bson/compare.js';
import { type Doc, Rank, hasOwn, isDoc, rankOf, toNumber, typeCodeOf } from '../bson/values.js';
import { ValueSet } from '../aggregate/value-set.js';
import { isTrue } from '../aggregate/operators/logic.js';
import { truncated } from '../bson/integers.js';
import { bitsMatch } from './bits.js';
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
      const matches = conjunctionOf(node.children);
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

/** From so many values on they are looked up rather than compared one after another. */
const MANY = 8;

/** A long `$all` is one test, whose time is the sum of both lengths rather than their product. */
function conjunctionOf(nodes: readonly Node[]): Match[] {
  const equalities = new Map<string, { path: readonly string[]; values: unknown[] }>();
  for (const node of nodes) {
    if (node.kind !== 'path' || node.test.op !== 'eq') continue;
    const found = equalities.get(node.field);
    if (found === undefined) {
      equalities.set(node.field, { path: node.path, values: [node.test.value] });
    } else found.values.push(node.test.value);
  }
  const many = [...equalities.values()].filter(({ values }) => values.length >= MANY);
  const fields = new Set(many.map(({ path }) => path.join('.')));
  const isLookedUp = (node: Node): boolean =>
    node.kind === 'path' && node.test.op === 'eq' && fields.has(node.field);
  return [
    ...nodes.filter((node) => !isLookedUp(node)).map(compileNode),
    ...many.map(({ path, values }) => holdsAll(path, values)),
  ];
}

function holdsAll(path: readonly string[], wanted: readonly unknown[]): Match {
  const last = compileTest(path, { op: 'eq', value: wanted.at(-1) });
  return (doc) => {
    // The last one tells the position, as it does when they are tested one by one.
    if (!last(doc)) return false;
    const held = new ValueSet();
    const take: ValueMatch = (value) => {
      held.add(value);
      return false;
    };
    const takeWithElements: ValueMatch = (value) => {
      if (Array.isArray(value)) value.forEach(take);
      return take(value);
    };
    walk(doc, path, 0, takeWithElements, take);
    return wanted.every((value) => held.has(value) || (value === null && held.has(MISSING)));
  };
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
    return (doc) => walk(doc, path, 0, exists, exists) === wanted;
  }
  const match = compileValue(test);
  if (WHOLE_ARRAY.has(test.op)) return (doc) => walk(doc, path, 0, match, match);
  const matchOrElement = (value: unknown): boolean => match(value) || someElement(value, match);
  const single = path.length === 1 ? (path[0] as string) : undefined;
  if (single !== undefined) {
    return (doc) => matchOrElement(hasOwn(doc, single) ? doc[single] : MISSING);
  }
  return (doc) => walk(doc, path, 0, matchOrElement, match);
}

/** Tests that look at an array as a whole rather than at its elements. */
const WHOLE_ARRAY = new Set<Test['op']>(['size', 'elemMatchDoc', 'elemMatchValue']);

const isPosition = (step: string): boolean => /^(0|[1-9]\d*)$/.test(step);

const exists: ValueMatch = (value) => value !== MISSING;

function someElement(value: unknown, match: ValueMatch): boolean {
  if (!Array.isArray(value)) return false;
  const index = value.findIndex(match);
  if (index >= 0) matchedPosition = index;
  return index >= 0;
}

/**
 * Follows a path into every document of every array on the way. A number may also name an element; one that a path ends
 * with is looked at as a whole, even if it is an array.
 */
function walk(
  node: unknown,
  path: readonly string[],
  at: number,
  match: ValueMatch,
  whole: ValueMatch,
): boolean {
  if (at === path.length) return match(node);
  const step = path[at] as string;
  if (Array.isArray(node)) {
    if (isPosition(step) && Number(step) < node.length) {
      const item: unknown = node[Number(step)];
      if (at + 1 === path.length ? whole(item) : walk(item, path, at + 1, match, whole))
        return true;
    }
    const found = node.findIndex((item) => isDoc(item) && walk(item, path, at, match, whole));
    if (found >= 0) matchedPosition = found;
    return found >= 0;
  }
  if (isDoc(node) && hasOwn(node, step)) return walk(node[step], path, at + 1, match, whole);
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
        const number = truncated(value);
        return number !== undefined && number % test.divisor === test.remainder;
      };
    case 'bits':
      return bitsMatch(test.mode, test.positions);
    case 'elemMatchDoc': {
      const match = compileNode(test.node);
      return elementOf((item) => {
        if (isDoc(item)) return match(item);
        // An array in an array is a document whose fields are its positions.
        return Array.isArray(item) && match(Object.fromEntries(Object.entries(item)));
      });
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
  // The element as it is: what is in it, if it is an array itself, does not count.
  return test.op === 'exists' ? () => test.value : compileValue(test);
}

function equalTo(wanted: unknown): ValueMatch {
  if (wanted === null) return (value) => value === null || value === MISSING;
  if (typeof wanted === 'string') {
    return (value) => value === wanted || (typeof value === 'object' && equalValues(value, wanted));
  }
  return (value) => value !== MISSING && equalValues(value, wanted);
}

function anyOf(wanted: readonly unknown[]): ValueMatch {
  if (wanted.length < MANY) {
    const matches = wanted.map(equalTo);
    return (value) => matches.some((match) => match(value));
  }
  const set = new ValueSet();
  for (const value of wanted) set.add(value);
  const hasNull = set.has(null);
  return (value) => (value === MISSING ? hasNull : set.has(value));
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
