import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import * as pipeline from 'mingo/operators/pipeline';
import * as projection from 'mingo/operators/projection';
import * as query from 'mingo/operators/query';
import * as window from 'mingo/operators/window';
import { CommandError } from '../errors.js';
import { type Doc, isDoc } from '../bson/values.js';
import { compileFilter } from '../query/filter.js';
import { expressionOperators, without } from './expression.js';
import { compareSortKeys, parseSort, sortKey } from '../query/sort.js';

/**
 * mingo, set up for this server: its own comparison differs from MongoDB's (null and missing,
 * ObjectId, binary), so `$match` and `$sort` are those of `find`. What would run JavaScript from
 * the client is not there at all.
 */
const operators = {
  ...expressionOperators,
  pipeline: { ...without(pipeline, ['$out', '$merge']), $match: match, $sort: sort },
  projection: { ...projection },
  query: without(query, ['$where']),
  window: { ...window },
};
const context = Context.init(operators as unknown as Parameters<typeof Context.init>[0]);

type Stream = Parameters<typeof pipeline.$match>[0];

function match(stream: Stream, spec: Doc): Stream {
  const { matches } = compileFilter(spec);
  return stream.filter((doc) => matches(doc as Doc));
}

function sort(stream: Stream, spec: Doc): Stream {
  const fields = parseSort(spec);
  if (fields.length === 0)
    throw new CommandError(15976, '$sort stage must have at least one sort key');
  return stream.transform((items) => {
    const keyed = (items as Doc[]).map((doc) => ({ doc, key: sortKey(doc, fields) }));
    keyed.sort((a, b) => compareSortKeys(a.key, b.key, fields));
    return from(keyed.map(({ doc }) => doc));
  });
}

const from = (docs: Doc[]): Stream => new Aggregator([], { context }).stream(docs);

export interface EngineOptions {
  variables?: Doc | undefined;
  /** Gives another collection's documents, for `$lookup` and the like. */
  collection?: (name: string) => Doc[];
}

/** Runs stages over documents with plain numbers (see toPlain). */
export function runStages(stages: readonly Doc[], docs: Doc[], options: EngineOptions = {}): Doc[] {
  const aggregator = new Aggregator(stages as Doc[], {
    context,
    scriptEnabled: false,
    variables: options.variables ?? {},
    collectionResolver: options.collection ?? noCollections,
  });
  return aggregator.run(docs);
}

function noCollections(name: string): never {
  throw new CommandError(2, `The collection ${name} cannot be read here`);
}

export function isStage(name: string): boolean {
  return Object.prototype.hasOwnProperty.call(operators.pipeline, name);
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
