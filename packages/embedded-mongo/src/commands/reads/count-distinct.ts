import { Int32 } from 'bson';
import { compareValues } from '../../bson/compare.js';
import { CommandError } from '../../errors.js';
import { decode, encode, isDoc, hasOwn } from '../../bson/values.js';
import { encodeValue } from '../../storage/key-encoding.js';
import { compileFilter } from '../../query/filter.js';
import { type Query, QueryCursor, projectedSource } from '../../query/planning/cursor-source.js';
import { MAX_DOCUMENT_BYTES } from '../../bson/raw.js';
import {
  checkCollation,
  collectionName,
  docArgument,
  nonNegative,
  optionalNumber,
} from '../arguments.js';
import { collect } from './batch.js';
import { type Command, findCollection } from '../context.js';
import { scopeOf } from './scope.js';

export const count: Command = {
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
  run: async (invocation) => {
    const { body } = invocation;
    checkCollation(body);
    const filter = compileFilter(docArgument(body, 'query'), scopeOf(body, invocation.deadline));
    const collection = findCollection(invocation, collectionName(body));
    const skip = nonNegative(body, 'skip') ?? 0;
    const limit = Math.abs(optionalNumber(body, 'limit') ?? 0);
    if (collection === undefined) return { n: new Int32(0), ok: 1 };
    if (filter.isConjunction && filter.conjunction.length === 0) {
      const rest = Math.max(0, collection.count() - skip);
      return { n: new Int32(limit > 0 ? Math.min(limit, rest) : rest), ok: 1 };
    }
    const query: Query = { filter, sort: [], skip, limit };
    if (body['hint'] !== undefined) query.hint = body['hint'];
    const nothing = Buffer.alloc(0);
    const found = await collect(
      invocation,
      projectedSource(new QueryCursor(collection, query), () => nothing),
    );
    return { n: new Int32(found.length), ok: 1 };
  },
};

export const distinct: Command = {
  fields: ['key', 'query', 'collation', 'hint'],
  run: async (invocation) => {
    const { body } = invocation;
    checkCollation(body);
    const key = body['key'];
    if (typeof key !== 'string') {
      throw new CommandError(
        14,
        "BSON field 'distinct.key' is the wrong type, expected type 'string'",
      );
    }
    const filter = compileFilter(docArgument(body, 'query'), scopeOf(body, invocation.deadline));
    const collection = findCollection(invocation, collectionName(body));
    if (collection === undefined) return { values: [], ok: 1 };
    const query: Query = { filter, sort: [], skip: 0, limit: 0 };
    if (body['hint'] !== undefined) query.hint = body['hint'];
    const values = new Map<string, unknown>();
    const path = key.split('.');
    let bytes = 0;
    const take = (raw: Buffer): Buffer => {
      for (const value of valuesAt(decode(raw), path)) {
        const found = encodeValue(value).toString('latin1');
        if (values.has(found)) continue;
        values.set(found, value);
        bytes += found.length;
        // An index key may be longer than the value, but not by as much.
        if (bytes > 4 * MAX_DOCUMENT_BYTES) throw tooManyValues();
      }
      return NOTHING;
    };
    await collect(invocation, projectedSource(new QueryCursor(collection, query), take));
    const sorted = [...values.values()].sort(compareValues);
    const reply = { values: sorted, ok: 1 };
    if (encode(reply).length > MAX_DOCUMENT_BYTES) {
      throw tooManyValues();
    }
    return reply;
  },
};

const NOTHING = Buffer.alloc(0);

const tooManyValues = (): CommandError => new CommandError(17217, 'distinct too big, 16mb cap');

/** Arrays on the way and at the end count as their elements. */
function valuesAt(node: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return Array.isArray(node) ? node : [node];
  if (Array.isArray(node)) {
    const index = Number(step);
    const direct =
      Number.isInteger(index) && index >= 0 && index < node.length
        ? valuesAt(node[index], rest)
        : [];
    const nested = node.filter((item) => isDoc(item)).flatMap((item) => valuesAt(item, path));
    return [...direct, ...nested];
  }
  return isDoc(node) && hasOwn(node, step) ? valuesAt(node[step], rest) : [];
}
