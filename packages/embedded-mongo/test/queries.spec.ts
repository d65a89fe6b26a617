import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectId, type Collection, type FindOptions } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Item {
  _id: number;
  [field: string]: unknown;
}

const COUNT = 1_000;

describe('find', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection<Item>('items');
    await items.insertMany(
      Array.from({ length: COUNT }, (_, i) => ({
        _id: i,
        n: COUNT - i,
        group: i % 10,
        pad: 'x'.repeat(50),
      })),
    );
  });
  afterAll(() => database.close());

  const ids = async (filter: object, options: FindOptions = {}) =>
    (await items.find(filter, options).toArray()).map((doc) => doc._id);

  it('sorts, skips and limits', async () => {
    expect(await ids({}, { sort: { n: 1 }, limit: 3 })).toEqual([999, 998, 997]);
    expect(await ids({}, { sort: { n: -1 }, skip: 2, limit: 2 })).toEqual([2, 3]);
    expect(await ids({}, { sort: { group: -1, _id: 1 }, limit: 3 })).toEqual([9, 19, 29]);
    expect(await ids({}, { sort: { _id: -1 }, limit: 2 })).toEqual([999, 998]);
    expect(await ids({ group: 3 }, { sort: { _id: 1 }, skip: 99 })).toEqual([993]);
    expect(await ids({}, { sort: { _id: 1 }, skip: COUNT })).toEqual([]);
  });

  it('finds one of many ids in fields of every shape, and no other value', async () => {
    const wanted = Array.from({ length: 40 }, () => new ObjectId());
    const [one, two] = wanted as [ObjectId, ObjectId];
    const other = new ObjectId();
    const refs = database.db.collection<Item>('refs');
    await refs.insertMany([
      { _id: 1, ok: true, ref: one },
      { _id: 2, ok: true, ref: [other, two] },
      { _id: 3, ok: true, ref: other },
      { _id: 4, ok: true, ref: one.toHexString() },
      { _id: 5, ok: true, ref: null },
      { _id: 6, ok: true },
      { _id: 7, ok: false, ref: two },
      { _id: 8, ok: true, ref: { id: one } },
      { _id: 9, ok: true, ref: [[one]] },
    ]);
    const found = async (filter: object) =>
      (await refs.find(filter, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id);

    expect(await found({ ref: { $in: wanted }, ok: true })).toEqual([1, 2]);
    expect(await found({ ref: { $in: wanted }, _id: { $gt: 1 } })).toEqual([2, 7]);
    expect(await found({ ref: { $in: [...wanted, null] }, ok: true })).toEqual([1, 2, 5, 6]);
    expect(await found({ ref: { $nin: wanted }, ok: true })).toEqual([3, 4, 5, 6, 8, 9]);
    expect(await found({ ref: { $in: [] }, ok: true })).toEqual([]);
  });

  it('reads more than one batch, each document once', async () => {
    const cursor = items.find({}, { batchSize: 17, sort: { n: 1 } });
    const seen: number[] = [];
    for await (const doc of cursor) seen.push(doc._id);

    expect(seen).toEqual(Array.from({ length: COUNT }, (_, i) => COUNT - 1 - i));
  });

  it('goes on with a cursor while other documents come and go', async () => {
    const other = database.db.collection<Item>('moving');
    await other.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i })));
    const cursor = other.find({}, { batchSize: 50, sort: { _id: 1 } });
    const seen: number[] = [];
    for await (const { _id } of cursor) {
      seen.push(_id);
      if (_id % 50 === 10) await other.deleteOne({ _id: _id + 100 });
      if (_id % 50 === 20) await other.insertOne({ _id: 10_000 + _id });
    }

    expect(seen.filter((id) => id < 100)).toHaveLength(100);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('forgets a cursor that the client closes', async () => {
    const cursor = items.find({}, { batchSize: 10 });
    await cursor.next();
    const { id } = cursor;
    await cursor.close();

    expect(
      await failureOf(database.db.command({ getMore: id, collection: 'items' })),
    ).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
  });

  it('shows the fields that are asked for', async () => {
    const shown = database.db.collection<Item>('shown');
    await shown.insertOne({
      _id: 1,
      a: 1,
      b: { c: 2, d: 3 },
      list: [{ k: 1, v: 1 }, { k: 2, v: 2 }, 5],
    });
    const project = async (projection: object, filter: object = {}) =>
      shown.findOne(filter, { projection });

    expect(await project({ a: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await project({ a: 1, _id: 0 })).toEqual({ a: 1 });
    expect(await project({ _id: 1 })).toEqual({ _id: 1 });
    expect(await project({ list: 0, b: 0 })).toEqual({ _id: 1, a: 1 });
    // What stays stands apart.
    expect(await project({ b: 1 })).toEqual({ _id: 1, b: { c: 2, d: 3 } });
    expect(await project({ a: 0, list: 0 })).toEqual({ _id: 1, b: { c: 2, d: 3 } });
    expect(await project({ list: 1, a: 1, _id: 0 })).toEqual({
      a: 1,
      list: [{ k: 1, v: 1 }, { k: 2, v: 2 }, 5],
    });
    expect(await project({ 'b.c': 1, _id: 0 })).toEqual({ b: { c: 2 } });
    expect(await project({ 'b.c': 0, list: 0, a: 0 })).toEqual({ _id: 1, b: { d: 3 } });
    expect(await project({ 'list.v': 1, _id: 0 })).toEqual({ list: [{ v: 1 }, { v: 2 }] });
    expect(await project({ list: { $slice: 1 }, b: 0, a: 0 })).toEqual({
      _id: 1,
      list: [{ k: 1, v: 1 }],
    });
    expect(await project({ list: { $elemMatch: { k: 2 } } })).toEqual({
      _id: 1,
      list: [{ k: 2, v: 2 }],
    });
    expect(await project({ 'list.$': 1 }, { 'list.k': 2 })).toEqual({
      _id: 1,
      list: [{ k: 2, v: 2 }],
    });
    expect(await project({ sum: { $add: ['$a', '$b.c'] }, _id: 0 })).toEqual({ sum: 3 });
    expect(await failureOf(project({ a: 1, b: 0 }))).toMatchObject({ code: 31254 });
  });

  it('sorts all types in one order, and arrays by their least or greatest element', async () => {
    const mixed = database.db.collection<Item>('mixed');
    await mixed.insertMany([
      { _id: 1, v: true },
      { _id: 2, v: 'text' },
      { _id: 3, v: 10 },
      { _id: 4, v: null },
      { _id: 5, v: { a: 1 } },
      { _id: 6, v: new Date(0) },
      { _id: 7, v: [5, 20] },
      { _id: 8, v: Buffer.from('b') },
      { _id: 9, v: -1.5 },
    ]);
    const order = async (direction: 1 | -1) =>
      (await mixed.find().sort({ v: direction }).toArray()).map((doc) => doc._id);
    const ascending = [4, 9, 7, 3, 2, 5, 8, 1, 6];

    expect(await order(1)).toEqual(ascending);
    expect(await order(-1)).toEqual([6, 1, 8, 5, 2, 7, 3, 9, 4]);
    await mixed.createIndex({ v: 1 });
    expect(await order(1)).toEqual(ascending);
  });

  it('keeps to maxTimeMS', async () => {
    const many = database.db.collection<Item>('many');
    for (let batch = 0; batch < 4; batch++) {
      await many.insertMany(
        Array.from({ length: 5_000 }, (_, i) => ({
          _id: batch * 5_000 + i,
          list: Array(30).fill(i),
        })),
      );
    }
    const slow = { $nor: Array.from({ length: 50 }, (_, i) => ({ list: `absent${i}` })) };

    expect(
      await failureOf(many.find(slow, { maxTimeMS: 1, batchSize: 20_000 }).toArray()),
    ).toMatchObject({
      code: 50,
      codeName: 'MaxTimeMSExpired',
    });
  }, 30_000);

  it('refuses what would have to be ignored', async () => {
    expect(await failureOf(items.find({}, { hint: 'no_such_index' }).toArray())).toMatchObject({
      code: 2,
    });
    expect(await failureOf(database.db.command({ find: 'items', surprise: 1 }))).toMatchObject({
      code: 40415,
    });
    expect(await failureOf(database.db.command({ find: 'items', limit: -1 }))).toMatchObject({
      code: 51024,
    });
    expect(await failureOf(database.db.command({ find: 'items', sort: { a: 5 } }))).toMatchObject({
      ok: 0,
    });
  });
});

describe('aggregate', () => {
  let database: TestDatabase;
  let sales: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    sales = database.db.collection<Item>('sales');
    await sales.insertMany([
      { _id: 1, item: 'a', price: 10, tags: ['x', 'y'] },
      { _id: 2, item: 'b', price: 20, tags: ['y'] },
      { _id: 3, item: 'a', price: 30, tags: [] },
    ]);
    await database.db.collection<Item & { item: string }>('stock').insertMany([
      { _id: 1, item: 'a', left: 5 },
      { _id: 2, item: 'c', left: 7 },
    ]);
  });
  afterAll(() => database.close());

  const run = (pipeline: object[]) => sales.aggregate(pipeline).toArray();

  it('groups, sorts and projects', async () => {
    expect(
      await run([
        { $match: { price: { $gte: 10 } } },
        {
          $group: {
            _id: '$item',
            total: { $sum: '$price' },
            n: { $sum: 1 },
            most: { $max: '$price' },
          },
        },
        { $sort: { _id: 1 } },
        { $project: { _id: 0, item: '$_id', total: 1, n: 1, most: 1 } },
      ]),
    ).toEqual([
      { item: 'a', total: 40, n: 2, most: 30 },
      { item: 'b', total: 20, n: 1, most: 20 },
    ]);
  });

  it('unwinds, counts and joins', async () => {
    expect(
      await run([
        { $unwind: '$tags' },
        { $group: { _id: '$tags', n: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ]),
    ).toEqual([
      { _id: 'x', n: 1 },
      { _id: 'y', n: 2 },
    ]);
    expect(await run([{ $match: { item: 'a' } }, { $count: 'n' }])).toEqual([{ n: 2 }]);
    expect(await run([{ $match: { item: 'none' } }, { $count: 'n' }])).toEqual([]);
    expect(
      await run([
        { $match: { _id: 1 } },
        { $lookup: { from: 'stock', localField: 'item', foreignField: 'item', as: 'stock' } },
        { $project: { 'stock.left': 1 } },
      ]),
    ).toEqual([{ _id: 1, stock: [{ left: 5 }] }]);
  });

  it('pages, facets and adds fields', async () => {
    expect(
      await run([
        { $sort: { price: -1 } },
        { $skip: 1 },
        { $limit: 1 },
        { $addFields: { dear: { $cond: [{ $gt: ['$price', 15] }, 'yes', 'no'] } } },
        { $unset: 'tags' },
      ]),
    ).toEqual([{ _id: 2, item: 'b', price: 20, dear: 'yes' }]);
    expect(
      await run([
        {
          $facet: {
            all: [{ $count: 'n' }],
            dear: [{ $match: { price: 30 } }, { $project: { item: 1 } }],
          },
        },
      ]),
    ).toEqual([{ all: [{ n: 3 }], dear: [{ _id: 3, item: 'a' }] }]);
  });

  it('gives its results through a cursor', async () => {
    const seen: unknown[] = [];
    for await (const doc of sales.aggregate([{ $sort: { _id: 1 } }], { batchSize: 1 })) {
      seen.push(doc['_id']);
    }

    expect(seen).toEqual([1, 2, 3]);
  });

  it('refuses a stage it does not know', async () => {
    expect(await failureOf(run([{ $frobnicate: 1 }]))).toMatchObject({ code: 40324 });
    expect(await failureOf(run([{ $match: {}, $sort: { a: 1 } }]))).toMatchObject({ code: 40323 });
  });
});
