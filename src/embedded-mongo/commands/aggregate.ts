import { Int32 } from 'bson';
import {
  CommandError,
  documentTooLarge,
  failedToParse,
  notSupported,
  typeMismatch,
} from '../errors.js';
import { isStage, runStages, stageName } from '../aggregate/engine.js';
import { toPlain } from '../aggregate/expression.js';
import { refuseScripts } from '../aggregate/refuse-scripts.js';
import { type Doc, decodePlain, encode, isDoc, toNumber, typeName } from '../bson/values.js';
import { MAX_DOCUMENT_BYTES } from '../bson/raw.js';
import { compileFilter } from '../query/filter.js';
import { type Query, QueryCursor, fromArray, projectedSource } from '../query/cursor-source.js';
import { parseSort } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import {
  arrayArgument,
  checkCollation,
  docArgument,
  flag,
  nonNegative,
  optionalDoc,
} from './arguments.js';
import { collect, firstBatch } from './batch.js';
import { type Command, type Invocation, findCollection } from './context.js';

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
    const target = body['aggregate'];
    const stages = checkStages(arrayArgument(body, 'pipeline'));
    const name = typeof target === 'string' ? target : '$cmd.aggregate';
    if (typeof target !== 'string' && toNumber(target) !== 1) {
      throw typeMismatch(`The aggregate field must be a string or 1, not ${typeName(target)}`);
    }
    const collection = typeof target === 'string' ? findCollection(invocation, name) : undefined;
    const documents = await run(invocation, collection, stages);
    const cursor = docArgument(body, 'cursor');
    return firstBatch(invocation, `${database}.${name}`, fromArray(documents), {
      size: nonNegative(cursor, 'batchSize'),
      singleBatch: false,
      noTimeout: false,
    });
  },
};

function checkStages(pipeline: unknown[]): Doc[] {
  for (const stage of pipeline) {
    const name = stageName(stage);
    if (name === '$out' || name === '$merge') {
      throw notSupported(`${name} is not supported by this server`);
    }
    if (!isStage(name)) {
      throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
    }
    if (name === '$match' && !isDoc((stage as Doc)[name])) {
      throw new CommandError(15959, 'the match filter must be an expression in an object');
    }
  }
  refuseScripts(pipeline);
  return pipeline as Doc[];
}

async function run(
  invocation: Invocation,
  collection: Collection | undefined,
  stages: Doc[],
): Promise<Buffer[]> {
  const { query, used } = leadingQuery(stages, invocation.body);
  const rest = stages.slice(used);
  const counted = countField(rest);
  const source =
    collection === undefined
      ? fromArray([])
      : projectedSource(
          new QueryCursor(collection, query),
          counted === undefined ? undefined : () => EMPTY,
        );
  const found = await collect(invocation, source);
  if (counted !== undefined) {
    return found.length === 0
      ? []
      : [encode({ ...counted.fixed, [counted.field]: new Int32(found.length) })];
  }
  if (rest.length === 0) return found;
  const plain = toPlain({ rest, variables: optionalDoc(invocation.body, 'let') ?? {} });
  const results = runStages(plain['rest'] as Doc[], found.map(decodePlain), {
    variables: plain['variables'] as Doc,
    collection: (other) => readAll(invocation, other),
  });
  return results.map((result) => {
    const raw = encode(result);
    if (raw.length > MAX_DOCUMENT_BYTES) throw documentTooLarge(raw.length);
    return raw;
  });
}

const EMPTY = Buffer.alloc(0);

/** The `$match`, `$sort`, `$skip` and `$limit` a pipeline starts with are a query, and may use an index. */
function leadingQuery(stages: readonly Doc[], body: Doc): { query: Query; used: number } {
  const filters: Doc[] = [];
  let used = 0;
  while (stages[used]?.['$match'] !== undefined) {
    filters.push(stages[used]?.['$match'] as Doc);
    used++;
  }
  const source =
    filters.length === 1 ? (filters[0] as Doc) : filters.length === 0 ? {} : { $and: filters };
  const query: Query = {
    filter: compileFilter(source, optionalDoc(body, 'let')),
    sort: [],
    skip: 0,
    limit: 0,
  };
  if (body['hint'] !== undefined) query.hint = body['hint'];
  if (stages[used]?.['$sort'] !== undefined) query.sort = parseSort(stages[used++]?.['$sort']);
  if (stages[used]?.['$skip'] !== undefined)
    query.skip = count(stages[used++]?.['$skip'], '$skip', 0);
  if (stages[used]?.['$limit'] !== undefined)
    query.limit = count(stages[used++]?.['$limit'], '$limit', 1);
  return { query, used };
}

function count(value: unknown, stage: string, least: number): number {
  const number = toNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < least) {
    throw new CommandError(
      stage === '$limit' ? 15958 : 15956,
      `invalid argument to ${stage} stage: Expected a ${least === 0 ? 'non-negative' : 'positive'} number`,
    );
  }
  return number;
}

/** `$count`, and the `$group` that a driver's countDocuments sends: nothing has to be decoded. */
function countField(rest: readonly Doc[]): { field: string; fixed: Doc } | undefined {
  if (rest.length !== 1) return undefined;
  const name = rest[0]?.['$count'];
  if (typeof name === 'string' && /^[^.$\0]+$/.test(name)) return { field: name, fixed: {} };
  const group = rest[0]?.['$group'];
  if (!isDoc(group) || Object.keys(group).join() !== '_id,n' || toNumber(group['_id']) !== 1) {
    return undefined;
  }
  const n = group['n'];
  const sums = isDoc(n) && Object.keys(n).join() === '$sum' && toNumber(n['$sum']) === 1;
  return sums ? { field: 'n', fixed: { _id: new Int32(1) } } : undefined;
}

function readAll(invocation: Invocation, name: string): Doc[] {
  const collection = findCollection(invocation, name);
  if (collection === undefined) return [];
  const { store } = collection;
  const docs: Doc[] = [];
  for (const { value } of store.range(store.documents, collection.everything())) {
    docs.push(decodePlain(value));
  }
  return docs;
}
