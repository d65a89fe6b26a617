import { Long } from 'bson';
import type { LazyScope } from '../../aggregate/scope.js';
import { CommandError, badValue, notSupported } from '../../errors.js';
import { hasOwn, isTruthy, toNumber } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import { QueryCursor, fromArray, projectedSource } from '../../query/planning/cursor-source.js';
import { compileProjection } from '../../query/projection.js';
import { parseSort } from '../../query/sort.js';
import {
  checkCollation,
  collectionName,
  docArgument,
  flag,
  nonNegative,
  optionalDoc,
  optionalNumber,
} from '../arguments.js';
import { firstBatch, nextBatch } from './batch.js';
import { type Command, type Invocation, findCollection, ownerOf } from '../context.js';
import { scopeOf } from './scope.js';

const REFUSED = ['tailable', 'awaitData', 'returnKey', 'showRecordId', 'min', 'max'];

export const find: Command = {
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'collation',
    'let',
    'noCursorTimeout',
    'allowDiskUse',
    'allowPartialResults',
    'oplogReplay',
    ...REFUSED,
  ],
  run: (invocation) => {
    const { body } = invocation;
    const name = collectionName(body);
    checkCollation(body);
    for (const field of REFUSED) {
      if (!hasOwn(body, field) || !isTruthy(body[field])) continue;
      if (field === 'tailable')
        throw badValue(
          'error processing query: tailable cursor requested on non capped collection',
        );
      throw notSupported(`find with '${field}' is not supported by this server`);
    }
    const scope = scopeOf(body, invocation.deadline);
    const query = readQuery(body, scope);
    const projection = compileProjection(optionalDoc(body, 'projection'), query.filter, scope);
    const namespace = `${invocation.database}.${name}`;
    const collection = findCollection(invocation, name);
    const source =
      collection === undefined
        ? fromArray([])
        : projectedSource(new QueryCursor(collection, query), projection);
    return firstBatch(invocation, namespace, source, {
      size: nonNegative(body, 'batchSize'),
      singleBatch: query.singleBatch,
      noTimeout: flag(body, 'noCursorTimeout'),
    });
  },
};

type ReadQuery = ConstructorParameters<typeof QueryCursor>[1] & { singleBatch: boolean };

export function readQuery(body: Invocation['body'], scope: LazyScope): ReadQuery {
  const limit = optionalNumber(body, 'limit') ?? 0;
  if (limit < 0) {
    throw new CommandError(51024, `BSON field 'limit' value must be >= 0, actual value '${limit}'`);
  }
  const hint = body['hint'];
  const query: ReadQuery = {
    filter: compileFilter(docArgument(body, 'filter'), scope),
    sort: parseSort(optionalDoc(body, 'sort')),
    skip: nonNegative(body, 'skip') ?? 0,
    limit,
    singleBatch: flag(body, 'singleBatch'),
  };
  if (hint !== undefined && !isEmptyHint(hint)) query.hint = hint;
  if (query.sort.some((field) => field.name === '$natural')) {
    query.hint = { $natural: query.sort[0]?.descending ? -1 : 1 };
    query.sort = [];
  }
  return query;
}

function isEmptyHint(hint: unknown): boolean {
  return typeof hint === 'object' && hint !== null && Object.keys(hint).length === 0;
}

export const getMore: Command = {
  fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
  run: (invocation) => {
    const { body, database } = invocation;
    const id = body['getMore'];
    if (!(id instanceof Long)) throw new CommandError(14, "Field 'getMore' must be of type long");
    const collection = body['collection'];
    if (typeof collection !== 'string')
      throw new CommandError(14, "Field 'collection' must be of type string");
    const size = nonNegative(body, 'batchSize');
    return nextBatch(invocation, id, `${database}.${collection}`, size === 0 ? undefined : size);
  },
};

export const killCursors: Command = {
  fields: ['cursors'],
  run: (invocation) => {
    const { body, context } = invocation;
    const owner = ownerOf(invocation);
    const ids = Array.isArray(body['cursors']) ? body['cursors'] : [];
    const killed: Long[] = [];
    const notFound: Long[] = [];
    for (const id of ids) {
      const long = id instanceof Long ? id : Long.fromNumber(toNumber(id) ?? 0);
      (context.cursors.kill(long, owner) ? killed : notFound).push(long);
    }
    return {
      cursorsKilled: killed,
      cursorsNotFound: notFound,
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    };
  },
};
