import { Int32, UUID } from 'bson';
import { CommandError, notSupported } from '../../errors.js';
import { type Doc, encode, hasOwn, isDoc, isTruthy, toNumber } from '../../bson/values.js';
import { compileFilter } from '../../query/filter.js';
import { fromArray } from '../../query/planning/cursor-source.js';
import { checkDatabaseName } from '../../storage/catalog.js';
import type { Collection } from '../../storage/collection.js';
import { checkCollation, collectionName, docArgument, flag, nonNegative } from '../arguments.js';
import { firstBatch } from '../reads/batch.js';
import { type Command, findCollection } from '../context.js';
import { ID_INDEX, findIndex, indexSpecs } from './indexes.js';

const REFUSED_OPTIONS = [
  'capped',
  'size',
  'max',
  'viewOn',
  'pipeline',
  'validator',
  'validationLevel',
  'validationAction',
  'timeseries',
  'expireAfterSeconds',
  'clusteredIndex',
  'changeStreamPreAndPostImages',
  'encryptedFields',
];

export const create: Command = {
  fields: ['collation', 'idIndex', 'storageEngine', 'indexOptionDefaults', ...REFUSED_OPTIONS],
  writes: true,
  run: (invocation) => {
    const { context, database, body } = invocation;
    const name = collectionName(body);
    checkCollation(body);
    for (const option of REFUSED_OPTIONS) {
      if (hasOwn(body, option) && isTruthy(body[option])) {
        throw notSupported(`create with '${option}' is not supported by this server`);
      }
    }
    return context.store.alone(() => {
      // As mongod since 7.0: to create what is there, with the same options, is no error; there are none to differ in.
      context.catalog.findOrCreate(database, name);
      return { ok: 1 };
    });
  },
};

export const drop: Command = {
  fields: [],
  writes: true,
  run: async (invocation) => {
    const { context, database, body } = invocation;
    const name = collectionName(body);
    const reply = await context.store.alone(() => {
      const collection = context.catalog.find(database, name);
      // As mongod since 7.0: dropping what is not there is no error.
      if (collection === undefined) return { ok: 1 };
      const indexes = collection.indexes.length + 1;
      context.catalog.drop(collection);
      return { nIndexesWas: new Int32(indexes), ns: collection.namespace, ok: 1 };
    });
    context.catalog.purgeInBackground();
    return reply;
  },
};

export const dropDatabase: Command = {
  fields: [],
  writes: true,
  run: async ({ context, database }) => {
    checkDatabaseName(database);
    const reply = await context.store.alone(() => {
      const collections = context.catalog.collectionsOf(database);
      for (const collection of collections) context.catalog.drop(collection);
      return collections.length === 0 ? { ok: 1 } : { dropped: database, ok: 1 };
    });
    context.catalog.purgeInBackground();
    return reply;
  },
};

export const renameCollection: Command = {
  fields: ['to', 'dropTarget'],
  writes: true,
  run: async ({ context, body }) => {
    const [fromDatabase, from] = splitNamespace(body['renameCollection']);
    const [toDatabase, to] = splitNamespace(body['to']);
    const reply = await context.store.alone(() => {
      const collection = context.catalog.find(fromDatabase, from);
      if (collection === undefined) {
        throw new CommandError(26, `Source collection ${fromDatabase}.${from} does not exist`);
      }
      const target = context.catalog.find(toDatabase, to);
      if (target === collection) throw new CommandError(20, "Can't rename a collection to itself");
      if (target !== undefined) {
        if (!flag(body, 'dropTarget')) throw new CommandError(48, 'target namespace exists');
        context.catalog.drop(target);
      }
      context.catalog.rename(collection, toDatabase, to);
      return { ok: 1 };
    });
    context.catalog.purgeInBackground();
    return reply;
  },
};

function splitNamespace(value: unknown): [string, string] {
  const text = typeof value === 'string' ? value : '';
  const dot = text.indexOf('.');
  if (dot <= 0) throw new CommandError(73, `Invalid namespace specified '${text}'`);
  return [text.slice(0, dot), text.slice(dot + 1)];
}

export const listCollections: Command = {
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run: (invocation) => {
    const { body, database, context } = invocation;
    const filter = compileFilter(docArgument(body, 'filter'));
    const nameOnly = flag(body, 'nameOnly');
    const listed = context.catalog
      .collectionsOf(database)
      .map((collection) => describe(collection))
      .filter((doc) => filter.matches(doc))
      .map((doc) => encode(nameOnly ? { name: doc['name'], type: doc['type'] } : doc));
    return firstBatch(invocation, `${database}.$cmd.listCollections`, fromArray(listed), {
      size: nonNegative(docArgument(body, 'cursor'), 'batchSize'),
      singleBatch: false,
      noTimeout: false,
    });
  },
};

function describe(collection: Collection): Doc {
  return {
    name: collection.name,
    type: 'collection',
    options: collection.record.options,
    info: { readOnly: false, uuid: new UUID(collection.record.uuid) },
    idIndex: ID_INDEX,
  };
}

export const listDatabases: Command = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: ({ body, context }) => {
    const filter = compileFilter(docArgument(body, 'filter'));
    const nameOnly = flag(body, 'nameOnly');
    const databases = context.catalog
      .databaseNames()
      .map((name) => ({ name, sizeOnDisk: context.store.bytesUsed(), empty: false }))
      .filter((doc) => filter.matches(doc))
      .map((doc) => (nameOnly ? { name: doc.name } : doc));
    if (nameOnly) return { databases, ok: 1 };
    return { databases, totalSize: context.store.bytesUsed(), ok: 1 };
  },
};

/** Changes an index's expiry, which is what schema tools use it for; nothing else. */
export const collMod: Command = {
  fields: ['index'],
  writes: true,
  run: (invocation) => {
    const { context, database, body } = invocation;
    const name = collectionName(body);
    const change = body['index'];
    return context.store.alone(() => {
      const collection = context.catalog.find(database, name);
      if (collection === undefined)
        throw new CommandError(26, `ns does not exist: ${database}.${name}`);
      if (change === undefined) return { ok: 1 };
      if (!isDoc(change)) throw new CommandError(14, 'collMod.index must be an object');
      const pattern = change['keyPattern'];
      const index = findIndex(collection, isDoc(pattern) ? pattern : change['name']);
      if (index === undefined) throw new CommandError(27, 'cannot find index for collMod');
      const seconds = toNumber(change['expireAfterSeconds']);
      const known = new Set(['name', 'keyPattern', 'expireAfterSeconds']);
      if (seconds === undefined || Object.keys(change).some((key) => !known.has(key))) {
        throw notSupported("collMod can change only an index's expireAfterSeconds on this server");
      }
      const old = index.expireAfterSeconds;
      context.catalog.changeIndex(collection, index, {
        ...index.record.spec,
        expireAfterSeconds: seconds,
      });
      return { expireAfterSeconds_old: old, expireAfterSeconds_new: seconds, ok: 1 };
    });
  },
};

export const validate: Command = {
  fields: ['full', 'repair', 'metadata', 'checkBSONConformance'],
  run: (invocation) => {
    const name = collectionName(invocation.body);
    const collection = findCollection(invocation, name);
    if (collection === undefined) {
      throw new CommandError(
        26,
        `Collection '${invocation.database}.${name}' does not exist to validate.`,
      );
    }
    const errors = collection.check();
    return {
      ns: collection.namespace,
      nrecords: collection.count(),
      nIndexes: indexSpecs(collection).length,
      valid: errors.length === 0,
      errors,
      warnings: [],
      ok: 1,
    };
  },
};
