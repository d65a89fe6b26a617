import { Double, Int32, Long } from 'bson';
import { type Doc, toNumber } from '../../bson/values.js';
import { badValue } from '../../errors.js';
import type { Collection } from '../../storage/collection.js';
import { collectionName } from '../arguments.js';
import { type Command, findCollection } from '../context.js';
import { ID_INDEX, indexSpecs } from './indexes.js';

interface Sizes {
  count: number;
  size: number;
  /** Bytes of each index's entries, by name. */
  indexes: Record<string, number>;
}

const NONE: Sizes = { count: 0, size: 0, indexes: {} };

function measure(collection: Collection): Sizes {
  const { store } = collection;
  let count = 0;
  let size = 0;
  for (const { value } of store.range(store.documents, collection.everything())) {
    count++;
    size += value.length;
  }
  // Documents are kept in the order of their ids: the index of these has nothing of its own.
  const indexes: Record<string, number> = { [String(ID_INDEX['name'])]: 0 };
  for (const index of collection.indexes) {
    let bytes = 0;
    for (const { key, value } of store.range(store.index, index.everything())) {
      bytes += key.length + value.length;
    }
    indexes[index.name] = bytes;
  }
  return { count, size, indexes };
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

/** Whole numbers, which int32 may not hold. */
const whole = (value: number): Int32 | Long =>
  value < 2 ** 31 ? new Int32(value) : Long.fromNumber(value);

function scaleOf(value: unknown): number {
  if (value === undefined || value === null) return 1;
  const scale = Math.trunc(toNumber(value) ?? 0);
  if (scale < 1) throw badValue('scale has to be a number of at least 1');
  return scale;
}

/** What `db.coll.stats()` shows: of a collection that is not there, zeros. */
export function storageStats(collection: Collection | undefined, scaleGiven: unknown): Doc {
  const scale = scaleOf(scaleGiven);
  const { count, size, indexes } = collection === undefined ? NONE : measure(collection);
  const scaled = (bytes: number): Int32 | Long => whole(Math.floor(bytes / scale));
  const indexBytes = sum(Object.values(indexes));
  const average = count > 0 ? { avgObjSize: whole(Math.floor(size / count)) } : {};
  return {
    size: scaled(size),
    count: whole(count),
    ...average,
    numOrphanDocs: new Int32(0),
    storageSize: scaled(size),
    freeStorageSize: new Int32(0),
    capped: false,
    nindexes: new Int32(collection === undefined ? 0 : indexSpecs(collection).length),
    indexDetails: {},
    indexBuilds: [],
    totalIndexSize: scaled(indexBytes),
    totalSize: scaled(size + indexBytes),
    indexSizes: Object.fromEntries(
      Object.entries(indexes).map(([name, bytes]) => [name, scaled(bytes)]),
    ),
    scaleFactor: new Int32(scale),
  };
}

export const collStats: Command = {
  fields: ['scale'],
  run: (invocation) => {
    const name = collectionName(invocation.body);
    return {
      ns: `${invocation.database}.${name}`,
      ...storageStats(findCollection(invocation, name), invocation.body['scale']),
      ok: 1,
    };
  },
};

export const dbStats: Command = {
  fields: ['scale', 'freeStorage'],
  run: ({ context, database, body }) => {
    const scale = scaleOf(body['scale']);
    const collections = context.catalog.collectionsOf(database);
    const sizes = collections.map(measure);
    const objects = sum(sizes.map(({ count }) => count));
    const dataSize = sum(sizes.map(({ size }) => size));
    const indexSize = sum(sizes.flatMap(({ indexes }) => Object.values(indexes)));
    return {
      db: database,
      collections: whole(collections.length),
      views: new Int32(0),
      objects: whole(objects),
      avgObjSize: new Double(objects === 0 ? 0 : dataSize / objects),
      dataSize: new Double(dataSize / scale),
      storageSize: new Double(dataSize / scale),
      indexes: whole(sum(collections.map((each) => indexSpecs(each).length))),
      indexSize: new Double(indexSize / scale),
      totalSize: new Double((dataSize + indexSize) / scale),
      scaleFactor: new Int32(scale),
      ok: 1,
    };
  },
};
