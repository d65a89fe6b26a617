import { Int32 } from 'bson';
import { failedToParse } from '../../errors.js';
import { type Doc, decode, getOwn } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import type { Query } from '../../query/planning/cursor-source.js';
import { type Projection, compileProjection } from '../../query/projection.js';
import { parseSort } from '../../query/sort.js';
import { type Update, compileUpdate } from '../../update/update.js';
import { checkCollation, collectionName, docArgument, flag, optionalDoc } from '../arguments.js';
import type { Command, Invocation } from '../context.js';
import { scopeOf } from '../reads/scope.js';
import { applyUpdate, findTargets } from './targets.js';

interface Request {
  query: Query;
  /** Undefined removes the document. */
  update: Update | undefined;
  upsert: boolean;
  returnNew: boolean;
  projection: Projection | undefined;
}

export const findAndModify: Command = {
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'bypassEmptyTsReplacement',
    'collation',
    'arrayFilters',
    'hint',
    'let',
  ],
  writes: true,
  run: (invocation) => {
    const name = collectionName(invocation.body);
    const request = parse(invocation);
    return invocation.context.store.write(() => modify(invocation, name, request));
  },
};

function parse({ body, deadline }: Invocation): Request {
  checkCollation(body);
  const remove = flag(body, 'remove');
  const upsert = flag(body, 'upsert');
  const returnNew = flag(body, 'new');
  const spec = body['update'];
  if (remove && spec !== undefined) {
    throw failedToParse("Cannot specify both an 'update' and 'remove'=true");
  }
  if (remove && upsert) throw failedToParse("Cannot specify both 'upsert'=true and 'remove'=true");
  if (remove && returnNew) {
    throw failedToParse(
      "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
    );
  }
  if (!remove && spec === undefined) {
    throw failedToParse("Either an 'update' or 'remove'=true must be specified");
  }
  const scope = scopeOf(body, deadline);
  const query: Query = {
    filter: compileFilter(docArgument(body, 'query'), scope),
    sort: parseSort(optionalDoc(body, 'sort')),
    skip: 0,
    limit: 1,
  };
  if (body['hint'] !== undefined) query.hint = body['hint'];
  return {
    query,
    update: remove
      ? undefined
      : compileUpdate(spec, {
          arrayFilters: body['arrayFilters'],
          scope,
          keepsStamps: flag(body, 'bypassEmptyTsReplacement'),
        }),
    upsert,
    returnNew,
    projection: compileProjection(optionalDoc(body, 'fields'), query.filter, scope),
  };
}

function modify({ context, database, deadline }: Invocation, name: string, request: Request): Doc {
  const { query, update, upsert, returnNew, projection } = request;
  const show = (raw: Buffer): Doc => decode(projection === undefined ? raw : projection(raw));
  let collection = context.catalog.find(database, name);
  const target = collection === undefined ? undefined : findTargets(collection, query, deadline)[0];
  if (update === undefined) {
    if (collection === undefined || target === undefined) return reply({ n: new Int32(0) }, null);
    collection.remove(target.id, target.raw);
    return reply({ n: new Int32(1) }, show(target.raw));
  }
  if (collection !== undefined && target !== undefined) {
    const { next } = applyUpdate(collection, query, target, update);
    const status = { n: new Int32(1), updatedExisting: true };
    return reply(status, show(returnNew ? next : target.raw));
  }
  if (!upsert) return reply({ n: new Int32(0), updatedExisting: false }, null);
  const raw = update.upsert(query.filter);
  collection ??= context.catalog.create(database, name, {});
  collection.insert(raw);
  const upserted = getOwn(decode(raw), '_id');
  return reply({ n: new Int32(1), updatedExisting: false, upserted }, returnNew ? show(raw) : null);
}

function reply(lastErrorObject: Doc, value: Doc | null): Doc {
  return { lastErrorObject, value, ok: 1 };
}
