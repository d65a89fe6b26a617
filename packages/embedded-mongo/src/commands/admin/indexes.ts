import { Int32 } from 'bson';
import { CommandError } from '../../errors.js';
import { type Doc, encode, isDoc } from '../../bson/values.js';
import { fromArray } from '../../query/planning/cursor-source.js';
import { sameKeyPattern } from '../../query/planning/planner.js';
import type { Collection } from '../../storage/collection.js';
import type { Index } from '../../storage/index-definition.js';
import { arrayArgument, collectionName, docArgument, nonNegative } from '../arguments.js';
import { firstBatch } from '../reads/batch.js';
import { type Command, type Invocation, findCollection } from '../context.js';
import { compareWithExisting, normalizeIndex } from './index-spec.js';

export const ID_INDEX: Doc = { v: 2, key: { _id: 1 }, name: '_id_' };

export function indexSpecs(collection: Collection): Doc[] {
  return [ID_INDEX, ...collection.indexes.map((index) => index.record.spec)];
}

export const createIndexes: Command = {
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  writes: true,
  run: (invocation) => {
    const { context, database, body } = invocation;
    const name = collectionName(body);
    const specs = arrayArgument(body, 'indexes').map(normalizeIndex);
    if (specs.length === 0) throw new CommandError(2, 'Must specify at least one index to create');
    // In a transaction of its own: an index that cannot be built leaves no trace.
    return context.store.alone(() => {
      const existed = context.catalog.find(database, name) !== undefined;
      const collection = context.catalog.findOrCreate(database, name);
      const before = collection.indexes.length + 1;
      for (const spec of specs) build(invocation, collection, spec);
      const after = collection.indexes.length + 1;
      const reply: Doc = {
        numIndexesBefore: new Int32(before),
        numIndexesAfter: new Int32(after),
        createdCollectionAutomatically: !existed,
      };
      if (after === before) reply['note'] = 'all indexes already exist';
      reply['ok'] = 1;
      return reply;
    });
  },
};

function build({ context }: Invocation, collection: Collection, spec: Doc): void {
  if (sameKeyPattern(spec['key'], { _id: 1 })) return;
  if (compareWithExisting(spec, indexSpecs(collection)) === 'same') return;
  const index = context.catalog.addIndex(collection, spec);
  const { store } = context;
  for (const { key, value } of store.range(store.documents, collection.everything())) {
    collection.addToIndex(index, key.subarray(4), value);
  }
}

export const listIndexes: Command = {
  fields: ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo'],
  run: (invocation) => {
    const name = collectionName(invocation.body);
    const collection = findCollection(invocation, name);
    const namespace = `${invocation.database}.${name}`;
    if (collection === undefined) throw new CommandError(26, `ns does not exist: ${namespace}`);
    const source = fromArray(indexSpecs(collection).map(encode));
    return firstBatch(invocation, namespace, source, {
      size: nonNegative(docArgument(invocation.body, 'cursor'), 'batchSize'),
      singleBatch: false,
      noTimeout: false,
    });
  },
};

export const dropIndexes: Command = {
  fields: ['index'],
  writes: true,
  run: async (invocation) => {
    const { context, database, body } = invocation;
    const name = collectionName(body);
    const reply = await context.store.alone(() => {
      const collection = context.catalog.find(database, name);
      if (collection === undefined) throw new CommandError(26, `ns not found ${database}.${name}`);
      const before = collection.indexes.length + 1;
      const which = body['index'];
      for (const one of Array.isArray(which) ? which : [which]) {
        for (const index of select(collection, one)) context.catalog.dropIndex(collection, index);
      }
      return { nIndexesWas: new Int32(before), ok: 1 };
    });
    context.catalog.purgeInBackground();
    return reply;
  },
};

function select(collection: Collection, which: unknown): Index[] {
  if (which === '*') return [...collection.indexes];
  const isId = which === '_id_' || (isDoc(which) && sameKeyPattern(which, { _id: 1 }));
  if (isId) throw new CommandError(72, 'cannot drop _id index');
  const found = findIndex(collection, which);
  if (found === undefined) {
    throw new CommandError(
      27,
      isDoc(which)
        ? `can't find index with key: ${JSON.stringify(which)}`
        : `index not found with name [${String(which)}]`,
    );
  }
  return [found];
}

/** By name, or by a key pattern that only one index has. */
export function findIndex(collection: Collection, which: unknown): Index | undefined {
  const found = collection.indexes.filter((index) =>
    isDoc(which) ? sameKeyPattern(index.record.spec['key'], which) : index.name === which,
  );
  if (found.length > 1) {
    throw new CommandError(
      181,
      `Several indexes have the key ${JSON.stringify(which)}: name the one that is meant`,
    );
  }
  return found[0];
}
