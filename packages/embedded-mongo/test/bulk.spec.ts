import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Binary, type Collection, type MongoBulkWriteError } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Item {
  _id: number | string;
  a?: number;
  data?: Binary | string;
}

const MEGABYTE = 1024 * 1024;

describe('bulk writes', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection<Item>('items');
    await items.createIndex({ a: 1 }, { unique: true, sparse: true });
  });
  beforeEach(async () => {
    await items.deleteMany({});
  });
  afterAll(() => database.close());

  const ids = async () => (await items.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

  it('mix inserts, updates, upserts, replacements and deletes', async () => {
    const result = await items.bulkWrite([
      { insertOne: { document: { _id: 1, a: 1 } } },
      { insertOne: { document: { _id: 2, a: 2 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { a: 10 } } } },
      { updateOne: { filter: { _id: 3 }, update: { $set: { a: 3 } }, upsert: true } },
      { replaceOne: { filter: { _id: 2 }, replacement: { a: 20 } } },
      { updateMany: { filter: {}, update: { $inc: { a: 100 } } } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);

    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 5,
      modifiedCount: 5,
      upsertedCount: 1,
      upsertedIds: { 3: 3 },
      deletedCount: 1,
    });
    expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 2, a: 120 },
      { _id: 3, a: 103 },
    ]);
  });

  it('stop at the first error when ordered', async () => {
    const error = (await failureOf(
      items.insertMany([
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
        { _id: 3, a: 3 },
      ]),
    )) as unknown as MongoBulkWriteError;

    expect(error).toMatchObject({ code: 11000, insertedCount: 1 });
    expect(error.writeErrors).toHaveLength(1);
    expect(await ids()).toEqual([1]);
  });

  it('go on after an error when not ordered, and tell each with its place, key and value', async () => {
    const reply = await database.db.command({
      insert: 'items',
      ordered: false,
      documents: [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
        { _id: 3, a: 3 },
        { _id: 1, a: 4 },
        { _id: 5, a: 5 },
      ],
    });

    expect(reply).toMatchObject({
      ok: 1,
      n: 3,
      writeErrors: [
        { index: 1, code: 11000, keyPattern: { a: 1 }, keyValue: { a: 1 } },
        { index: 3, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
      ],
    });
    expect(await ids()).toEqual([1, 3, 5]);
  });

  it('update and delete on both sides of an error', async () => {
    await items.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
      { _id: 3, a: 3 },
    ]);
    await failureOf(
      items.bulkWrite(
        [
          { updateOne: { filter: { _id: 1 }, update: { $set: { a: 2 } } } },
          { updateOne: { filter: { _id: 2 }, update: { $set: { a: 20 } } } },
        ],
        { ordered: false },
      ),
    );

    expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await items.findOne({ _id: 2 })).toEqual({ _id: 2, a: 20 });
  });

  it('take ten thousand documents in one call', async () => {
    await items.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ _id: i })));

    expect(await items.countDocuments()).toBe(10_000);
  });

  it('store a document of 16 MB and give it back', async () => {
    const data = new Binary(Buffer.alloc(16 * MEGABYTE - 100, 7));
    await items.insertOne({ _id: 'big', data });
    const found = await items.findOne({ _id: 'big' });

    const bytes = found?.data instanceof Binary ? found.data.buffer : Buffer.alloc(0);
    expect(Buffer.compare(bytes, data.buffer)).toBe(0);
  });

  it('give several large documents in several batches', async () => {
    const data = new Binary(Buffer.alloc(6 * MEGABYTE, 1));
    for (const _id of [1, 2, 3, 4]) await items.insertOne({ _id, data });

    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  it('refuse a document over 16 MB, inserted or grown, and go on', async () => {
    const data = new Binary(Buffer.alloc(16 * MEGABYTE + 1));
    await failureOf(items.insertOne({ _id: 'big', data }));
    await items.insertOne({ _id: 'grows', data: 'x'.repeat(9 * MEGABYTE) });
    const grown = await failureOf(
      items.updateOne({ _id: 'grows' }, [{ $set: { more: { $concat: ['$data', '$data'] } } }]),
    );

    expect([10334, 17419, 17420]).toContain(grown['code']);
    expect(await ids()).toEqual(['grows']);
  });

  it('of a hundred connections at once are all stored', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => openClient(database.uri)));
    await Promise.all(
      clients.flatMap((client, c) =>
        Array.from({ length: 50 }, (_, i) =>
          client
            .db(database.db.databaseName)
            .collection<Item>('items')
            .insertOne({ _id: `${c}-${i}` }),
        ),
      ),
    );
    await Promise.all(clients.map((client) => client.close()));

    expect(await items.countDocuments()).toBe(500);
  });

  async function openClient(uri: string) {
    const { MongoClient } = await import('mongodb');
    return MongoClient.connect(uri, { maxPoolSize: 10, minPoolSize: 10 });
  }
});
