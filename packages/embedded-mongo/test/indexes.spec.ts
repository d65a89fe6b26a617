import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Document, ObjectId } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Item extends Document {
  _id: string | number | ObjectId;
}

describe('indexes', () => {
  let database: TestDatabase;
  let items: Collection<Item>;
  let run = 0;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(() => {
    items = database.db.collection<Item>(`items${run++}`);
  });
  afterAll(() => database.close());

  const ids = async (filter: object, sort: Record<string, 1 | -1> = { _id: 1 }) =>
    (await items.find(filter).sort(sort).toArray()).map((doc) => doc._id);

  it('are listed as they were made, and dropped', async () => {
    await items.createIndex({ a: 1, b: -1 });
    await items.createIndex({ c: 1 }, { unique: true, sparse: true, name: 'c' });
    await items.createIndex({ d: 1 }, { expireAfterSeconds: 60 });
    await items.createIndex({ e: 1 }, { partialFilterExpression: { e: { $exists: true } } });

    expect(await items.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1, b: -1 }, name: 'a_1_b_-1' },
      { v: 2, key: { c: 1 }, name: 'c', unique: true, sparse: true },
      { v: 2, key: { d: 1 }, name: 'd_1', expireAfterSeconds: 60 },
      { v: 2, key: { e: 1 }, name: 'e_1', partialFilterExpression: { e: { $exists: true } } },
    ]);
    await items.dropIndex('c');
    expect((await items.indexes()).map(({ name }) => name)).toEqual([
      '_id_',
      'a_1_b_-1',
      'd_1',
      'e_1',
    ]);
    await items.dropIndexes();
    expect((await items.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });

  it('that exist already are left alone; a conflicting one is refused', async () => {
    await items.createIndex({ a: 1 }, { name: 'one' });

    expect(await items.createIndex({ a: 1 }, { name: 'one' })).toBe('one');
    expect(await failureOf(items.createIndex({ a: 1 }, { name: 'two' }))).toMatchObject({
      code: 85,
    });
    expect(await failureOf(items.createIndex({ b: 1 }, { name: 'one' }))).toMatchObject({
      code: 86,
    });
    expect(
      await failureOf(items.createIndex({ a: 1 }, { name: 'one', unique: true })),
    ).toMatchObject({ code: 86 });
    expect(await failureOf(items.dropIndex('three'))).toMatchObject({ code: 27 });
    expect(await failureOf(items.createIndex({ a: 0 as 1 }))).toMatchObject({ code: 67 });
  });

  describe('unique', () => {
    it('refuse a second document of one key, telling which', async () => {
      await items.createIndex({ service: 1, name: 1 }, { unique: true });
      await items.insertOne({ _id: 1, service: 's', name: 'n' });
      const error = await failureOf(items.insertOne({ _id: 2, service: 's', name: 'n' }));

      expect(error).toMatchObject({
        code: 11000,
        keyPattern: { service: 1, name: 1 },
        keyValue: { service: 's', name: 'n' },
      });
      expect(error['message']).toBe(
        `E11000 duplicate key error collection: ${items.namespace} index: service_1_name_1 dup key: { service: "s", name: "n" }`,
      );
      await items.insertOne({ _id: 3, service: 's', name: 'other' });
      expect(await failureOf(items.updateOne({ _id: 3 }, { $set: { name: 'n' } }))).toMatchObject({
        code: 11000,
      });
      expect(await items.findOne({ _id: 3 })).toEqual({ _id: 3, service: 's', name: 'other' });
    });

    it('hold also for _id, whatever number type it has', async () => {
      await items.insertOne({ _id: 1 });
      const error = await failureOf(items.insertOne({ _id: 1, again: true }));

      expect(error).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
    });

    it('count a missing field as null, unless sparse', async () => {
      await items.createIndex({ a: 1 }, { unique: true });
      await items.createIndex({ b: 1 }, { unique: true, sparse: true });
      await items.insertOne({ _id: 1 });

      expect(await failureOf(items.insertOne({ _id: 2 }))).toMatchObject({
        code: 11000,
        keyValue: { a: null },
      });
      await items.insertOne({ _id: 3, a: 1 });
      expect(
        await failureOf(
          items
            .insertOne({ _id: 4, a: 2, b: null })
            .then(() => items.insertOne({ _id: 5, a: 3, b: null })),
        ),
      ).toMatchObject({
        code: 11000,
        keyPattern: { b: 1 },
      });
    });

    it('look at every element of an array', async () => {
      await items.createIndex({ tags: 1 }, { unique: true });
      await items.insertOne({ _id: 1, tags: ['a', 'b', 'a'] });

      expect(await failureOf(items.insertOne({ _id: 2, tags: ['c', 'b'] }))).toMatchObject({
        code: 11000,
        keyValue: { tags: 'b' },
      });
      await items.updateOne({ _id: 1 }, { $set: { tags: ['a'] } });
      await items.insertOne({ _id: 2, tags: ['c', 'b'] });
      expect(await ids({ tags: 'b' })).toEqual([2]);
    });

    it('cannot be built over duplicates, and leave nothing behind', async () => {
      await items.insertMany([
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
      ]);

      expect(await failureOf(items.createIndex({ a: 1 }, { unique: true }))).toMatchObject({
        code: 11000,
        keyValue: { a: 1 },
      });
      expect(await items.indexes()).toHaveLength(1);
    });

    it('let exactly one of fifty concurrent inserts through', async () => {
      await items.createIndex({ name: 1 }, { unique: true });
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, i) => items.insertOne({ _id: i, name: 'same' })),
      );

      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('tell long values apart that share a long start', async () => {
      await items.createIndex({ a: 1 }, { unique: true });
      const long = 'x'.repeat(5_000);
      await items.insertMany([
        { _id: `${long}1`, a: `${long}1` },
        { _id: `${long}2`, a: `${long}2` },
      ]);

      expect(await failureOf(items.insertOne({ _id: 3, a: `${long}2` }))).toMatchObject({
        code: 11000,
      });
      expect(await failureOf(items.insertOne({ _id: `${long}1` }))).toMatchObject({ code: 11000 });
      expect(await items.findOne({ a: `${long}2` }, { projection: { a: 0 } })).toEqual({
        _id: `${long}2`,
      });
      expect(await items.countDocuments({ a: { $gt: `${long}1` } })).toBe(1);
    });
  });

  it('partial, hold for documents that pass their filter only', async () => {
    await items.createIndex(
      { service: 1, key: 1 },
      { unique: true, partialFilterExpression: { key: { $exists: true } } },
    );
    await items.insertMany([
      { _id: 1, service: 's' },
      { _id: 2, service: 's' },
      { _id: 3, service: 's', key: 'k' },
    ]);

    expect(await failureOf(items.insertOne({ _id: 4, service: 's', key: 'k' }))).toMatchObject({
      code: 11000,
    });
    expect(await failureOf(items.updateOne({ _id: 1 }, { $set: { key: 'k' } }))).toMatchObject({
      code: 11000,
    });
    await items.updateOne({ _id: 3 }, { $unset: { key: 1 } });
    await items.updateOne({ _id: 1 }, { $set: { key: 'k' } });
    expect(await ids({ service: 's' })).toEqual([1, 2, 3]);
    expect(await ids({ service: 's', key: 'k' })).toEqual([1]);
    expect(await ids({ service: 's', key: null })).toEqual([2, 3]);
  });

  it('TTL, remove what has expired and keep the rest', async () => {
    await items.createIndex({ at: 1 }, { expireAfterSeconds: 1 });
    const past = new Date(Date.now() - 60_000);
    await items.insertMany([
      ...Array.from({ length: 600 }, (_, i) => ({ _id: `old${i}`, at: past })),
      { _id: 'array', at: [new Date(Date.now() + 600_000), past] },
      { _id: 'future', at: new Date(Date.now() + 600_000) },
      { _id: 'number', at: 5 },
      { _id: 'text', at: 'long ago' },
      { _id: 'none' },
    ]);

    // mongod sweeps every 60 s.
    while ((await items.countDocuments()) > 4) await new Promise((done) => setTimeout(done, 100));
    expect(await ids({})).toEqual(['future', 'none', 'number', 'text']);
  }, 130_000);

  describe('are used', () => {
    const plan = async (filter: object, sort: Record<string, 1 | -1> = {}) => {
      const { queryPlanner, executionStats } = await items
        .find(filter)
        .sort(sort)
        .explain('executionStats');
      return {
        text: JSON.stringify((queryPlanner as Document)['winningPlan']),
        keys: (executionStats as Document)['totalKeysExamined'] as number,
        documents: (executionStats as Document)['totalDocsExamined'] as number,
      };
    };

    beforeEach(async () => {
      await items.createIndex({ service: 1, _id: 1 });
      await items.createIndex({ service: 1, name: 1 });
      await items.createIndex({ at: -1 });
      await items.createIndex(
        { key: 1 },
        { unique: true, partialFilterExpression: { key: { $exists: true } } },
      );
      await items.insertMany(
        Array.from({ length: 200 }, (_, i) => ({
          _id: i,
          service: `s${i % 4}`,
          name: `n${i}`,
          at: new Date(i * 1_000),
          ...(i < 20 ? { key: `k${i}` } : {}),
        })),
      );
    });

    it('for equality on all fields of a compound index', async () => {
      const { text, documents } = await plan({ service: 's1', name: 'n5' });

      expect(text).toContain('service_1_name_1');
      expect(documents).toBe(1);
    });

    it('for a page of one service in order of _id', async () => {
      const { text, documents } = await plan({ service: 's1', _id: { $gt: 100 } }, { _id: 1 });

      expect(text).toContain('IXSCAN');
      expect(text).not.toContain('"SORT"');
      expect(documents).toBeLessThanOrEqual(100);
    });

    it('for $in, ranges, and a sort in reverse', async () => {
      expect(
        await plan({ service: { $in: ['s1', 's2'] }, name: { $in: ['n1', 'n2'] } }),
      ).toMatchObject({
        text: expect.stringContaining('service_1_name_1'),
        documents: 2,
      });
      expect(await plan({ at: { $gte: new Date(5_000), $lt: new Date(10_000) } })).toMatchObject({
        text: expect.stringContaining('at_-1'),
        documents: 5,
      });
      const sorted = await plan({}, { at: 1 });
      expect(sorted.text).not.toContain('"SORT"');
    });

    it('when partial, only for queries that imply its filter', async () => {
      expect((await plan({ key: 'k1' })).text).toContain('key_1');
      expect((await plan({ key: null })).text).toContain('COLLSCAN');
      expect(await items.countDocuments({ key: null })).toBe(180);
    });
  });

  describe('of arrays', () => {
    it('gives the order of what follows when one element is asked for', async () => {
      const rooms = database.db.collection<{ _id: number; tags: string[]; at: number }>('tagged');
      await rooms.createIndex({ tags: 1, at: 1, _id: 1 });
      const docs = [3, 1, 2].map((at, _id) => ({ _id, tags: ['a', `b${at}`], at }));
      await rooms.insertMany([...docs, { _id: 9, tags: ['c', 'd'], at: 0 }]);
      const found = rooms.find({ tags: 'a' }).sort({ at: -1 });
      expect((await found.toArray()).map(({ at }) => at)).toEqual([3, 2, 1]);
      expect(await rooms.find({ tags: 'a' }).sort({ at: -1 }).limit(1).explain()).toMatchObject({
        executionStats: { totalKeysExamined: 1 },
      });
    });

    it('does not give the order of the arrays themselves', async () => {
      const rooms = database.db.collection<{ _id: number; tags: number[] }>('sorted');
      await rooms.createIndex({ tags: 1, _id: 1 });
      await rooms.insertMany([
        { _id: 1, tags: [5] },
        { _id: 2, tags: [1, 5] },
      ]);
      const found = rooms.find({ tags: 5 }).sort({ tags: 1, _id: 1 });
      expect((await found.toArray()).map(({ _id }) => _id)).toEqual([2, 1]);
    });

    it('is read between two bounds that one element has to keep', async () => {
      const rooms = database.db.collection<{ _id: number; tags: string[] }>('bounded');
      await rooms.createIndex({ tags: 1 });
      await rooms.insertMany(
        Array.from({ length: 50 }, (_, _id) => ({ _id, tags: [`t${_id + 10}`, 'z'] })),
      );
      const filter = { tags: { $elemMatch: { $gte: 't20', $lt: 't22' } } };
      expect((await rooms.find(filter).toArray()).map(({ _id }) => _id)).toEqual([10, 11]);
      expect(await rooms.find(filter).explain()).toMatchObject({
        executionStats: { totalKeysExamined: 2 },
      });
    });
  });
});
