import { Int32 } from 'bson';
import { compilePipeline } from '../../aggregate/pipeline.js';
import type { Scope } from '../../aggregate/scope.js';
import { countField, pageNumber } from '../../aggregate/stages/paging.js';
import type { Readers, Stage, Stream } from '../../aggregate/stages/stage.js';
import {
  CommandError,
  documentTooLarge,
  failedToParse,
  notSupported,
  typeMismatch,
} from '../../errors.js';
import { type Doc, decode, encode, isDoc, toNumber, typeName } from '../../bson/values.js';
import { MAX_DOCUMENT_BYTES, validateDocument } from '../../bson/raw.js';
import { type DocumentSource, PAUSE } from '../../cursors.js';
import { compileFilter } from '../../query/filter.js';
import {
  type Query,
  QueryCursor,
  fromArray,
  projectedSource,
} from '../../query/planning/cursor-source.js';
import { parseSort } from '../../query/sort.js';
import type { Collection } from '../../storage/collection.js';
import {
  arrayArgument,
  checkCollation,
  docArgument,
  flag,
  nonNegative,
  optionalDoc,
} from '../arguments.js';
import { collect, firstBatch } from './batch.js';
import { type Command, type Invocation, findCollection } from '../context.js';
import { serverStage } from '../writes/operations.js';
import { scopeOf } from './scope.js';

export const aggregate: Command = {
  fields: [
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'let',
  ],
  run: async (invocation) => {
    const { body, database } = invocation;
    checkCollation(body);
    if (flag(body, 'explain'))
      throw notSupported('explain of an aggregation is not supported by this server');
    if (optionalDoc(body, 'cursor') === undefined) {
      throw failedToParse(
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    }
    const given = arrayArgument(body, 'pipeline');
    const told = serverStage(invocation, given[0]);
    const stages = told === undefined ? given : given.slice(1);
    const scope = scopeOf(body, invocation.deadline)();
    const reading = new Reading(invocation, scope);
    // All of it is checked, what a query will do for it as well.
    compilePipeline(stages, scope, reading);
    const source =
      told === undefined
        ? await run(invocation, targetOf(invocation), stages as Doc[], scope, reading)
        : pipelineSource(compilePipeline(stages, scope, reading), told, reading);
    const cursor = docArgument(body, 'cursor');
    const name = typeof body['aggregate'] === 'string' ? body['aggregate'] : '$cmd.aggregate';
    const reply = await firstBatch(invocation, `${database}.${name}`, source, {
      size: nonNegative(cursor, 'batchSize'),
      singleBatch: false,
      noTimeout: false,
    });
    scope.meter.lift();
    return reply;
  },
};

function targetOf(invocation: Invocation): Collection | undefined {
  const target = invocation.body['aggregate'];
  if (typeof target === 'string') return findCollection(invocation, target);
  if (toNumber(target) !== 1) {
    throw typeMismatch(`The aggregate field must be a string or 1, not ${typeName(target)}`);
  }
  throw new CommandError(73, '{aggregate: 1} is not valid here: a collection is required.');
}

async function run(
  invocation: Invocation,
  collection: Collection | undefined,
  stages: readonly Doc[],
  scope: Scope,
  reading: Reading,
): Promise<DocumentSource> {
  const { query, used } = leadingQuery(stages, invocation.body, scope);
  const rest = stages.slice(used);
  const counted = countedField(rest);
  if (counted !== undefined) {
    const found = collection === undefined ? 0 : await countMatches(invocation, collection, query);
    if (found === 0) return fromArray([]);
    return fromArray([encode({ ...counted.fixed, [counted.field]: new Int32(found) })]);
  }
  if (rest.length === 0) {
    return collection === undefined
      ? fromArray([])
      : projectedSource(new QueryCursor(collection, query), undefined);
  }
  const stage = compilePipeline(rest, scope, reading);
  return pipelineSource(
    stage,
    collection === undefined ? [] : reading.cursor(collection, query),
    reading,
  );
}

const EMPTY = Buffer.alloc(0);

async function countMatches(
  invocation: Invocation,
  collection: Collection,
  query: Query,
): Promise<number> {
  const source = projectedSource(new QueryCursor(collection, query), () => EMPTY);
  return (await collect(invocation, source)).length;
}

/** The collections that one aggregation reads, which all let go of the store when it pauses. */
class Reading implements Readers {
  private readonly cursors = new Set<QueryCursor>();

  constructor(
    private readonly invocation: Invocation,
    private readonly scope: Scope,
  ) {}

  open(name: string, filter: Query['filter']): Stream {
    const collection = findCollection(this.invocation, name);
    if (collection === undefined) return [];
    return this.cursor(collection, { filter, sort: [], skip: 0, limit: 0 });
  }

  *cursor(collection: Collection, query: Query): Generator<Doc | typeof PAUSE> {
    const { meter } = this.scope;
    const cursor = new QueryCursor(collection, query);
    this.cursors.add(cursor);
    try {
      for (let next = cursor.next(); next !== undefined; next = cursor.next()) {
        yield next === PAUSE ? PAUSE : decode(next.raw);
        meter.begin();
        if (meter.turnIsOver()) yield PAUSE;
      }
    } finally {
      cursor.suspend();
      this.cursors.delete(cursor);
    }
  }

  suspend(): void {
    for (const cursor of this.cursors) cursor.suspend();
  }

  heldBytes(): number {
    let bytes = this.scope.meter.heldBytes;
    for (const cursor of this.cursors) bytes += cursor.heldBytes;
    return bytes;
  }
}

function pipelineSource(stage: Stage, input: Stream, reading: Reading): DocumentSource {
  const results = stage(input)[Symbol.iterator]();
  return {
    next: () => {
      const { value, done } = results.next();
      if (done === true) return undefined;
      return value === PAUSE ? PAUSE : encodeResult(value);
    },
    suspend: () => reading.suspend(),
    heldBytes: () => reading.heldBytes(),
  };
}

function encodeResult(result: Doc): Buffer {
  const raw = encode(result);
  if (raw.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(raw.length);
  // Expressions can nest deeper than what may be read back.
  validateDocument(raw);
  return raw;
}

/** The `$match`, `$sort`, `$skip` and `$limit` a pipeline starts with are a query, and may use an index. */
function leadingQuery(
  stages: readonly Doc[],
  body: Doc,
  scope: Scope,
): { query: Query; used: number } {
  const filters: Doc[] = [];
  let used = 0;
  while (stages[used]?.['$match'] !== undefined) {
    filters.push(stages[used]?.['$match'] as Doc);
    used++;
  }
  const source =
    filters.length === 1 ? (filters[0] as Doc) : filters.length === 0 ? {} : { $and: filters };
  const query: Query = {
    filter: compileFilter(source, () => scope),
    sort: [],
    skip: 0,
    limit: 0,
  };
  if (body['hint'] !== undefined) query.hint = body['hint'];
  if (stages[used]?.['$sort'] !== undefined) query.sort = parseSort(stages[used++]?.['$sort']);
  if (stages[used]?.['$skip'] !== undefined)
    query.skip = pageNumber(stages[used++]?.['$skip'], '$skip');
  if (stages[used]?.['$limit'] !== undefined)
    query.limit = pageNumber(stages[used++]?.['$limit'], '$limit');
  return { query, used };
}

/** `$count`, and the `$group` that a driver's countDocuments sends: nothing has to be decoded. */
function countedField(rest: readonly Doc[]): { field: string; fixed: Doc } | undefined {
  if (rest.length !== 1) return undefined;
  if (rest[0]?.['$count'] !== undefined) {
    return { field: countField(rest[0]['$count']), fixed: {} };
  }
  const group = rest[0]?.['$group'];
  if (!isDoc(group) || Object.keys(group).join() !== '_id,n' || toNumber(group['_id']) !== 1) {
    return undefined;
  }
  const n = group['n'];
  const sums =
    isDoc(n) &&
    Object.keys(n).join() === '$sum' &&
    n['$sum'] instanceof Int32 &&
    n['$sum'].value === 1;
  return sums ? { field: 'n', fixed: { _id: group['_id'] } } : undefined;
}
