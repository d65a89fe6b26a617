import { mongo } from 'mongoose';
import { OWN_COLLECTIONS, OWN_INDEXES } from '../own-collections.js';
import type { BackOptions } from './back-options.js';
import type { BackReport } from './back-report.js';

const BATCH = 1_000;

/**
 * Removes the tokens of rooms and services that are gone: on a test room's, Nuve ends where its service is missing. And those
 * that were used or taken back: Nuve lets in with any that there is.
 */
export async function removeDeadTokens(
  { nuve, apply }: BackOptions,
  report: BackReport,
): Promise<void> {
  const tokens = nuve.collection('tokens');
  const found = tokens
    .find({}, { projection: { room: 1, service: 1, redeemed: 1, revoked: 1 } })
    .batchSize(BATCH);
  let batch: mongo.Document[] = [];
  const flush = async (): Promise<void> => {
    const [rooms, services] = await Promise.all([
      idsOf(
        nuve,
        'rooms',
        batch.map(({ room }) => room as unknown),
      ),
      idsOf(
        nuve,
        'services',
        batch.map(({ service }) => service as unknown),
      ),
    ]);
    const dead = batch.filter(
      ({ room, service, redeemed, revoked }) =>
        redeemed !== undefined ||
        revoked !== undefined ||
        !rooms.has(String(room)) ||
        !services.has(String(service)),
    );
    report.tokens.removed += dead.length;
    if (apply && dead.length > 0) {
      await tokens.deleteMany({ _id: { $in: dead.map(({ _id }) => _id as mongo.ObjectId) } });
    }
    batch = [];
  };
  for await (const token of found) {
    report.tokens.found += 1;
    batch.push(token);
    if (batch.length === BATCH) await flush();
  }
  await flush();
}

async function idsOf(db: mongo.Db, collection: string, ids: unknown[]): Promise<Set<string>> {
  const filter = { _id: { $in: ids as mongo.ObjectId[] } };
  const found = await db
    .collection(collection)
    .find(filter, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => String(_id)));
}

/** Removes the indexes that Nuvem made on Nuve's collections, and no other. */
export async function removeOwnIndexes(
  { nuve, apply }: BackOptions,
  report: BackReport,
): Promise<void> {
  const existing = await collectionNames(nuve);
  for (const [name, own] of OWN_INDEXES) {
    if (!existing.has(name)) continue;
    const collection = nuve.collection(name);
    const keys = new Set(own.map((each) => JSON.stringify(each)));
    for (const index of await collection.indexes()) {
      if (!keys.has(JSON.stringify(index.key)) || !index.name) continue;
      report.indexes.push(`${name}.${index.name}`);
      if (apply) await collection.dropIndex(index.name);
    }
  }
}

/** Removes the collections that only Nuvem knows. */
export async function removeOwnCollections(
  { nuve, apply }: BackOptions,
  report: BackReport,
): Promise<void> {
  const existing = await collectionNames(nuve);
  for (const name of OWN_COLLECTIONS) {
    if (!existing.has(name)) continue;
    report.collections.push(name);
    if (apply) await nuve.collection(name).drop();
  }
}

async function collectionNames(db: mongo.Db): Promise<Set<string>> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray();
  return new Set(found.map(({ name }) => name));
}
