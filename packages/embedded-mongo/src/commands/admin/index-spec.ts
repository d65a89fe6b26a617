import { CommandError, notSupported } from '../../errors.js';
import { equalValues } from '../../bson/compare.js';
import {
  type Doc,
  decodePlain,
  encode,
  hasOwn,
  isDoc,
  isTruthy,
  toNumber,
  typeName,
} from '../../bson/values.js';
import { compileFilter, type Filter } from '../../query/filter.js';
import { sameKeyPattern } from '../../query/planning/planner.js';

const MAX_FIELDS = 32;
const OPTIONS = new Set([
  'key',
  'name',
  'v',
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'collation',
  'ns',
  'hidden',
]);

/** Checks an index as `createIndexes` is given it and puts it in the shape that `listIndexes` shows. */
export function normalizeIndex(given: unknown): Doc {
  if (!isDoc(given))
    throw new CommandError(14, 'The elements of the indexes array must be objects');
  const key = given['key'];
  if (!isDoc(key)) {
    throw new CommandError(9, "The 'key' field is a required property of an index specification");
  }
  checkKey(key);
  for (const option of Object.keys(given)) {
    if (!OPTIONS.has(option)) {
      throw new CommandError(
        197,
        `The field '${option}' is not valid for an index specification. Specification: ${JSON.stringify(given)}`,
      );
    }
  }
  const name = given['name'];
  if (typeof name !== 'string' || name === '') {
    throw new CommandError(9, "The 'name' field is a required property of an index specification");
  }
  if (name === '*') throw new CommandError(67, "The index name '*' is not valid.");
  const spec: Doc = { v: 2, key, name };
  if (isTruthy(given['unique'])) spec['unique'] = true;
  if (isTruthy(given['sparse'])) spec['sparse'] = true;
  if (isTruthy(given['hidden']))
    throw notSupported('Hidden indexes are not supported by this server');
  addExpiry(given, key, spec);
  addPartialFilter(given, spec);
  checkCollation(given['collation']);
  return decodePlain(encode(spec));
}

function checkKey(key: Doc): void {
  const fields = Object.keys(key);
  if (fields.length === 0) throw new CommandError(67, 'Index keys cannot be an empty object');
  if (fields.length > MAX_FIELDS) {
    throw new CommandError(67, `Index key pattern has too many fields: ${fields.length}`);
  }
  for (const field of fields) {
    const direction = key[field];
    if (typeof direction === 'string') {
      throw notSupported(`Index type '${direction}' is not supported by this server`);
    }
    const number = toNumber(direction);
    if (number === undefined) {
      throw new CommandError(
        67,
        `Values in the index key pattern cannot be of type ${typeName(direction)}. Only numbers and strings are allowed.`,
      );
    }
    if (number === 0 || Number.isNaN(number)) {
      throw new CommandError(67, 'Values in the index key pattern cannot be 0.');
    }
    if (field.includes('$**'))
      throw notSupported('Wildcard indexes are not supported by this server');
    const steps = field.split('.');
    if (steps.includes(''))
      throw new CommandError(67, `Index keys cannot contain an empty field: ${field}`);
    if (steps.some((step) => step.startsWith('$'))) {
      throw new CommandError(
        67,
        `Index key contains an illegal field name: field name starts with '$'.`,
      );
    }
  }
}

function addExpiry(given: Doc, key: Doc, spec: Doc): void {
  if (!hasOwn(given, 'expireAfterSeconds')) return;
  const seconds = toNumber(given['expireAfterSeconds']);
  if (seconds === undefined) {
    throw new CommandError(67, "TTL index 'expireAfterSeconds' option must be numeric");
  }
  if (seconds < 0 || seconds > 0x7fffffff || Number.isNaN(seconds)) {
    throw new CommandError(
      67,
      "TTL index 'expireAfterSeconds' option must be within an acceptable range",
    );
  }
  if (Object.keys(key).length > 1) {
    throw new CommandError(
      67,
      'TTL indexes are single-field indexes, compound indexes do not support TTL.',
    );
  }
  if (hasOwn(key, '_id')) throw new CommandError(67, 'The field _id cannot have a TTL index');
  spec['expireAfterSeconds'] = Math.trunc(seconds);
}

function addPartialFilter(given: Doc, spec: Doc): void {
  const expression = given['partialFilterExpression'];
  if (expression === undefined) return;
  if (!isDoc(expression))
    throw new CommandError(14, "The field 'partialFilterExpression' must be an object");
  if (spec['sparse'] === true) {
    throw new CommandError(67, "cannot mix 'partialFilterExpression' and 'sparse' options");
  }
  checkPartialFilter(compileFilter(expression));
  spec['partialFilterExpression'] = expression;
}

const PARTIAL_TESTS = new Set(['eq', 'gt', 'gte', 'lt', 'lte', 'exists', 'type', 'in']);

function checkPartialFilter(filter: Filter): void {
  const supported =
    filter.isConjunction &&
    filter.conjunction.every(
      ({ test }) => PARTIAL_TESTS.has(test.op) && !(test.op === 'exists' && !test.value),
    );
  if (!supported) {
    throw new CommandError(
      67,
      `unsupported expression in partial index: ${JSON.stringify(filter.source)}`,
    );
  }
}

function checkCollation(collation: unknown): void {
  if (collation === undefined) return;
  if (!isDoc(collation) || collation['locale'] !== 'simple') {
    throw notSupported('Only the simple collation is supported by this server');
  }
}

/** What a new index is to those that exist: the same, in conflict with one, or new. */
export function compareWithExisting(spec: Doc, existing: readonly Doc[]): 'same' | 'new' {
  for (const other of existing) {
    const sameName = other['name'] === spec['name'];
    const same = sameSignature(other, spec);
    if (sameName && !same) {
      throw new CommandError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(other)}`,
      );
    }
    if (!same) continue;
    if (!sameName) {
      throw new CommandError(
        85,
        `Index already exists with a different name: ${String(other['name'])}`,
      );
    }
    if (other['expireAfterSeconds'] === spec['expireAfterSeconds']) return 'same';
    throw new CommandError(
      85,
      `An equivalent index already exists with the same name but different options. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(other)}`,
    );
  }
  return 'new';
}

/** What tells indexes apart: one key may have a unique, a sparse and a partial index, but not two of a kind. */
function sameSignature(left: Doc, right: Doc): boolean {
  return (
    sameKeyPattern(left['key'], right['key'] as Doc) &&
    (left['unique'] === true) === (right['unique'] === true) &&
    (left['sparse'] === true) === (right['sparse'] === true) &&
    equalValues(left['partialFilterExpression'] ?? null, right['partialFilterExpression'] ?? null)
  );
}
