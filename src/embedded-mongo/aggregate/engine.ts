import type { Aggregator } from 'mingo/aggregator';
import type { Context } from 'mingo/core';
import { CommandError } from '../errors.js';
import { type Doc, hasOwn, isDoc } from '../bson/values.js';
import { compileFilter } from '../query/filter.js';
import { compareSortKeys, parseSort, sortKey } from '../query/sort.js';
import { mingo } from './mingo.js';

type Stream = ReturnType<Aggregator['stream']>;

let context: Context | undefined;

/**
 * mingo's own comparison differs from MongoDB's (null and missing, ObjectId, binary), so `$match`
 * and `$sort` are those of `find`.
 */
function pipelineContext(): Context {
  const { core, operators } = mingo();
  const pipeline = { ...operators.pipeline, $match: match, $sort: sort };
  context ??= core.Context.init({ ...operators, pipeline } as never);
  return context;
}

function match(stream: Stream, spec: Doc): Stream {
  const { matches } = compileFilter(spec);
  return stream.filter((doc) => matches(doc as Doc));
}

function sort(stream: Stream, spec: Doc): Stream {
  const fields = parseSort(spec);
  if (fields.length === 0) {
    throw new CommandError(15976, '$sort stage must have at least one sort key');
  }
  return stream.transform((items) => {
    const keyed = (items as Doc[]).map((doc) => ({ doc, key: sortKey(doc, fields) }));
    keyed.sort((a, b) => compareSortKeys(a.key, b.key, fields));
    return streamOf(keyed.map(({ doc }) => doc));
  });
}

function streamOf(docs: Doc[]): Stream {
  return new (mingo().aggregator.Aggregator)([], { context: pipelineContext() }).stream(docs);
}

export interface EngineOptions {
  variables?: Doc | undefined;
  /** Gives another collection's documents, for `$lookup` and the like. */
  collection?: (name: string) => Doc[];
}

/** Runs stages over documents with plain numbers (see toPlain). */
export function runStages(stages: readonly Doc[], docs: Doc[], options: EngineOptions = {}): Doc[] {
  const { Aggregator } = mingo().aggregator;
  const aggregator = new Aggregator(stages as Doc[], {
    context: pipelineContext(),
    scriptEnabled: false,
    variables: options.variables ?? {},
    collectionResolver: options.collection ?? noCollections,
  });
  return aggregator.run(docs);
}

function noCollections(name: string): never {
  throw new CommandError(2, `The collection ${name} cannot be read here`);
}

/** What a count is made of; for these mingo need not be loaded to know that they exist. */
const COMMON = new Set(['$match', '$sort', '$skip', '$limit', '$group', '$count']);

export function isStage(name: string): boolean {
  return COMMON.has(name) || hasOwn(mingo().operators.pipeline, name);
}

export function stageName(stage: unknown): string {
  const keys = isDoc(stage) ? Object.keys(stage) : [];
  if (keys.length !== 1) {
    throw new CommandError(
      40323,
      'A pipeline stage specification object must contain exactly one field.',
    );
  }
  return keys[0] as string;
}
