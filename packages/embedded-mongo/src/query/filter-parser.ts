import { BSONRegExp } from 'bson';
import { badValue, notSupported, typeMismatch, CommandError } from '../errors.js';
import {
  type Doc,
  isDoc,
  isTypeCode,
  rankOf,
  Rank,
  toNumber,
  typeCodeOfAlias,
} from '../bson/values.js';
import { evaluateExpression } from '../aggregate/expression.js';
import type { Evaluate, LazyScope } from '../aggregate/scope.js';
import { truncated } from '../bson/integers.js';
import { type BitsMode, parseMask } from './bits.js';
import { isReferenceField } from './field-path.js';
import { compileTestedRegExp } from './regexp/regexp.js';

/** A filter as a tree: checked once, then read by both the matcher and the planner. */
export type Node =
  | { kind: 'and' | 'or' | 'nor'; children: Node[] }
  | { kind: 'constant'; value: boolean }
  | { kind: 'expr'; evaluate: Evaluate }
  | PathPredicate;

export interface PathPredicate {
  kind: 'path';
  field: string;
  path: string[];
  test: Test;
}

export type Test =
  | { op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; value: unknown }
  | { op: 'in'; values: unknown[]; patterns: RegExp[] }
  | { op: 'regex'; pattern: RegExp; source: unknown }
  | { op: 'exists'; value: boolean }
  | { op: 'type'; codes: number[] }
  | { op: 'size'; value: number }
  | { op: 'mod'; divisor: bigint; remainder: bigint }
  | { op: 'bits'; mode: BitsMode; positions: number[] }
  | { op: 'elemMatchDoc'; node: Node }
  | { op: 'elemMatchValue'; tests: Test[] }
  | { op: 'not'; tests: Test[] };

const MAX_DEPTH = 100;
/** What `$type: 'number'` stands for. */
const NUMBER_CODES = [1, 16, 18, 19];

export function parseFilter(filter: unknown, scope?: LazyScope, depth = 0): Node {
  if (!isDoc(filter)) throw badValue('filter must be an object');
  if (depth > MAX_DEPTH) throw badValue('filter exceeds the maximum nesting depth');
  const children: Node[] = [];
  for (const key of Object.keys(filter)) {
    const value = filter[key];
    if (key.startsWith('$')) {
      const node = parseTopLevel(key, value, scope, depth);
      if (node !== undefined) children.push(node);
    } else {
      parseField(key, value, depth, children);
    }
  }
  if (children.length === 1) return children[0] as Node;
  return { kind: 'and', children };
}

function parseTopLevel(
  key: string,
  value: unknown,
  scope: LazyScope | undefined,
  depth: number,
): Node | undefined {
  switch (key) {
    case '$and':
    case '$or':
    case '$nor': {
      if (!Array.isArray(value)) throw badValue(`${key} argument must be an array`);
      if (value.length === 0) throw badValue(`${key} argument must be a nonempty array`);
      const children = value.map((item) => {
        if (!isDoc(item)) throw badValue(`${key} argument's entries must be objects`);
        return parseFilter(item, scope, depth + 1);
      });
      return { kind: key.slice(1) as 'and' | 'or' | 'nor', children };
    }
    case '$expr':
      return { kind: 'expr', evaluate: evaluateExpression(value, scope?.()) };
    case '$comment':
      return undefined;
    case '$alwaysTrue':
    case '$alwaysFalse':
      return { kind: 'constant', value: key === '$alwaysTrue' };
    case '$where':
      throw notSupported('$where runs JavaScript and is not allowed on this server');
    case '$text':
    case '$jsonSchema':
    case '$sampleRate':
      throw notSupported(`${key} is not supported by this server`);
    default:
      throw badValue(`unknown top level operator: ${key}`);
  }
}

function parseField(field: string, value: unknown, depth: number, into: Node[]): void {
  const path = field.split('.');
  if (!isOperatorDoc(value)) {
    into.push({ kind: 'path', field, path, test: equality(value) });
    return;
  }
  for (const test of parseTests(value, depth)) into.push({ kind: 'path', field, path, test });
}

/** `{a: {$gt: 1}}` is a test, `{a: {b: 1}}` a value; a mixture is an error, as in MongoDB. */
function isOperatorDoc(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  const first = Object.keys(value)[0];
  return first !== undefined && first.startsWith('$') && !isReferenceField(first);
}

function equality(value: unknown): Test {
  if (value instanceof BSONRegExp || value instanceof RegExp) {
    return { op: 'regex', pattern: compileTestedRegExp(value), source: value };
  }
  if (value === undefined) throw badValue('cannot compare to undefined');
  return { op: 'eq', value };
}

function parseTests(doc: Doc, depth: number): Test[] {
  const tests: Test[] = [];
  for (const operator of Object.keys(doc)) {
    const test = parseOperator(operator, doc[operator], doc, depth);
    if (test !== undefined) tests.push(...(Array.isArray(test) ? test : [test]));
  }
  return tests;
}

function parseOperator(
  operator: string,
  value: unknown,
  siblings: Doc,
  depth: number,
): Test | Test[] | undefined {
  switch (operator) {
    case '$eq':
      if (value === undefined) throw badValue('cannot compare to undefined');
      return { op: 'eq', value };
    case '$ne':
      if (value instanceof BSONRegExp) throw badValue("Can't have regex as arg to $ne.");
      return { op: 'not', tests: [{ op: 'eq', value }] };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (rankOf(value) === Rank.RegExp) {
        throw badValue(`Can't have RegEx as arg to predicate over field with ${operator}.`);
      }
      return { op: operator.slice(1) as 'gt' | 'gte' | 'lt' | 'lte', value };
    case '$in':
      return parseIn(value, '$in');
    case '$nin':
      return { op: 'not', tests: [parseIn(value, '$nin')] };
    case '$exists':
      return {
        op: 'exists',
        value:
          toNumber(value) === undefined
            ? value !== false && value !== null && value !== undefined
            : toNumber(value) !== 0,
      };
    case '$type':
      return { op: 'type', codes: parseTypes(value) };
    case '$regex':
      return {
        op: 'regex',
        pattern: compileTestedRegExp(value, siblings['$options']),
        source: value,
      };
    case '$options':
      if (siblings['$regex'] === undefined) throw badValue('$options needs a $regex');
      return undefined;
    case '$not':
      return parseNot(value, depth);
    case '$elemMatch':
      return parseElemMatch(value, depth);
    case '$all':
      return parseAll(value, depth);
    case '$comment':
      return undefined;
    default:
      return parseNumeric(operator, value);
  }
}

function parseNumeric(operator: string, value: unknown): Test {
  switch (operator) {
    case '$size': {
      const size = toNumber(value);
      if (size === undefined || !Number.isInteger(size)) {
        throw badValue(`Failed to parse $size. Expected an integer, but got ${String(value)}`);
      }
      if (size < 0) throw badValue('Failed to parse $size. Expected a non-negative number');
      return { op: 'size', value: size };
    }
    case '$mod': {
      if (!Array.isArray(value)) throw badValue('malformed mod, needs to be an array');
      if (value.length < 2) throw badValue('malformed mod, not enough elements');
      if (value.length > 2) throw badValue('malformed mod, too many elements');
      const divisor = truncated(value[0]);
      const remainder = truncated(value[1]);
      if (divisor === undefined) throw badValue('malformed mod, divisor not a number');
      if (remainder === undefined) throw badValue('malformed mod, remainder not a number');
      if (divisor === 0n) throw badValue('divisor cannot be 0');
      return { op: 'mod', divisor, remainder };
    }
    case '$bitsAllSet':
    case '$bitsAllClear':
    case '$bitsAnySet':
    case '$bitsAnyClear': {
      const mode = `${operator[5]?.toLowerCase()}${operator.slice(6)}`;
      return { op: 'bits', mode: mode as BitsMode, positions: parseMask(value) };
    }
    case '$geoWithin':
    case '$geoIntersects':
    case '$near':
    case '$nearSphere':
      throw notSupported(`${operator} is not supported by this server`);
    default:
      throw badValue(`unknown operator: ${operator}`);
  }
}

function parseIn(value: unknown, operator: string): Test {
  if (!Array.isArray(value)) throw badValue(`${operator} needs an array`);
  const values: unknown[] = [];
  const patterns: RegExp[] = [];
  for (const item of value) {
    if (isOperatorDoc(item)) throw badValue(`cannot nest $ under ${operator}`);
    if (rankOf(item) === Rank.RegExp) patterns.push(compileTestedRegExp(item));
    else values.push(item);
  }
  return { op: 'in', values, patterns };
}

function parseTypes(value: unknown): number[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.length === 0) throw new CommandError(9, '$type must match at least one type');
  return items.flatMap((item) => {
    if (item === 'number') return NUMBER_CODES;
    if (typeof item !== 'string' && toNumber(item) === undefined) {
      throw typeMismatch('type must be represented as a number or a string');
    }
    const code = typeof item === 'string' ? typeCodeOfAlias(item) : toNumber(item);
    if (code === undefined || !isTypeCode(code)) {
      throw badValue(`Unknown type name alias or code: ${String(item)}`);
    }
    return [code];
  });
}

function parseNot(value: unknown, depth: number): Test {
  if (value instanceof BSONRegExp || value instanceof RegExp) {
    return { op: 'not', tests: [equality(value)] };
  }
  if (!isDoc(value)) throw badValue('$not needs a regex or a document');
  if (!isOperatorDoc(value)) throw badValue('$not needs a document of operators');
  return { op: 'not', tests: parseTests(value, depth + 1) };
}

function parseElemMatch(value: unknown, depth: number): Test {
  if (!isDoc(value)) throw badValue('$elemMatch needs an Object');
  const first = Object.keys(value)[0];
  if (first === '$expr') {
    throw badValue('$expr can only be applied to the top-level document');
  }
  const isFilter = first === undefined || !first.startsWith('$') || LOGICAL.has(first);
  if (isFilter) return { op: 'elemMatchDoc', node: parseFilter(value, undefined, depth + 1) };
  return { op: 'elemMatchValue', tests: parseTests(value, depth + 1) };
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$where']);

function parseAll(value: unknown, depth: number): Test[] {
  if (!Array.isArray(value)) throw badValue('$all needs an array');
  if (value.length === 0) return [{ op: 'in', values: [], patterns: [] }];
  const isElemMatch = (item: unknown): item is Doc =>
    isDoc(item) && Object.keys(item)[0] === '$elemMatch';
  if (isElemMatch(value[0]) && !value.every(isElemMatch)) {
    throw badValue('$all/$elemMatch has to be consistent');
  }
  return value.map((item) => {
    if (isElemMatch(item)) return parseElemMatch(item['$elemMatch'], depth);
    if (isOperatorDoc(item)) throw badValue('no $ expressions in $all');
    return equality(item);
  });
}
