import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Collection,
  type Document,
  Double,
  Long,
  Timestamp,
  type UpdateFilter,
  type ObjectId,
} from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Item extends Document {
  _id: string | number | ObjectId;
}

describe('updates', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection<Item>('items');
  });
  beforeEach(async () => {
    await items.deleteMany({});
  });
  afterAll(() => database.close());

  /** Stores a document, applies one update to it and gives what is stored then. */
  async function after(doc: Document, update: object, options: object = {}, filter: object = {}) {
    await items.insertOne({ ...doc, _id: 1 });
    await items.updateOne({ ...filter, _id: 1 }, update as UpdateFilter<Item>, options);
    const { _id, ...rest } = (await items.findOne({ _id: 1 })) as Item;
    return rest;
  }

  const cases: [string, Document, object, Document][] = [
    [
      '$set into nested documents it makes',
      { a: 1 },
      { $set: { 'b.c.d': 2 } },
      { a: 1, b: { c: { d: 2 } } },
    ],
    [
      '$set of an element, padding with null',
      { a: [1] },
      { $set: { 'a.3': 4 } },
      { a: [1, null, null, 4] },
    ],
    ['$set of an unchanged _id', { a: 1 }, { $set: { _id: 1, a: 2 } }, { a: 2 }],
    ['$setOnInsert, nothing', { a: 1 }, { $setOnInsert: { a: 2 } }, { a: 1 }],
    [
      '$unset, also inside',
      { a: 1, b: { c: 1, d: 1 } },
      { $unset: { a: 1, 'b.c': '' } },
      { b: { d: 1 } },
    ],
    ['$unset of an element, to null', { a: [1, 2] }, { $unset: { 'a.0': 1 } }, { a: [null, 2] }],
    ['$inc of a missing field', {}, { $inc: { n: 2 } }, { n: 2 }],
    [
      '$inc and $mul',
      { a: 1, b: 3 },
      { $inc: { a: 1.5 }, $mul: { b: 2, c: 5 } },
      { a: 2.5, b: 6, c: 0 },
    ],
    [
      '$min and $max',
      { a: 5, b: 5 },
      { $min: { a: 3, c: 1 }, $max: { b: 3 } },
      { a: 3, b: 5, c: 1 },
    ],
    ['$rename', { a: { b: 1 }, c: 2 }, { $rename: { 'a.b': 'd' } }, { a: {}, c: 2, d: 1 }],
    ['$push', { a: [1] }, { $push: { a: 2, b: 'x' } }, { a: [1, 2], b: ['x'] }],
    [
      '$push with $each, $sort and $slice',
      { a: [{ s: 5 }, { s: 1 }] },
      { $push: { a: { $each: [{ s: 3 }, { s: 9 }], $sort: { s: -1 }, $slice: 3 } } },
      { a: [{ s: 9 }, { s: 5 }, { s: 3 }] },
    ],
    [
      '$push at a $position',
      { a: [1, 4] },
      { $push: { a: { $each: [2, 3], $position: 1 } } },
      { a: [1, 2, 3, 4] },
    ],
    [
      '$push with a negative $slice',
      { a: [1, 2] },
      { $push: { a: { $each: [3], $slice: -2 } } },
      { a: [2, 3] },
    ],
    [
      '$addToSet',
      { a: [1, { b: 1 }] },
      { $addToSet: { a: { $each: [1, { b: 1 }, 2] } } },
      { a: [1, { b: 1 }, 2] },
    ],
    [
      '$pop, last and first',
      { a: [1, 2], b: [1, 2] },
      { $pop: { a: 1, b: -1 } },
      { a: [1], b: [2] },
    ],
    ['$pull of a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['$pull by a condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    [
      '$pull by a filter on documents',
      { a: [{ u: 1, v: 1 }, { u: 2 }] },
      { $pull: { a: { u: 1 } } },
      { a: [{ u: 2 }] },
    ],
    ['$pullAll', { a: [1, 2, 3, 2] }, { $pullAll: { a: [2, 3] } }, { a: [1] }],
    ['$bit', { a: 12, b: 12 }, { $bit: { a: { and: 10 }, b: { xor: 10 } } }, { a: 8, b: 6 }],
    [
      '$[] on every element',
      { a: [{ n: 1 }, { n: 2 }] },
      { $inc: { 'a.$[].n': 10 } },
      { a: [{ n: 11 }, { n: 12 }] },
    ],
  ];

  it.each(cases)('apply %s', async (_name, doc, update, expected) => {
    expect(await after(doc, update)).toEqual(expected);
  });

  it('apply $ to the element that the query matched', async () => {
    const doc = {
      list: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
    };

    expect(await after(doc, { $set: { 'list.$.n': 5 } }, {}, { 'list.id': 'b' })).toEqual({
      list: [
        { id: 'a', n: 1 },
        { id: 'b', n: 5 },
      ],
    });
  });

  it('apply arrayFilters, several and nested', async () => {
    const doc = {
      g: [
        { k: 1, m: [1, 5] },
        { k: 2, m: [5, 9] },
      ],
    };
    const options = { arrayFilters: [{ 'x.k': 2 }, { y: { $gt: 6 } }] };

    expect(await after(doc, { $set: { 'g.$[x].m.$[y]': 0 } }, options)).toEqual({
      g: [
        { k: 1, m: [1, 5] },
        { k: 2, m: [5, 0] },
      ],
    });
  });

  it('set the server’s date', async () => {
    const { date, stamp } = await after(
      {},
      { $currentDate: { date: true, stamp: { $type: 'timestamp' } } },
    );

    expect(date).toBeInstanceOf(Date);
    expect(stamp).toBeInstanceOf(Timestamp);
  });

  it('keep the number types: int grows into long, a double stays one', async () => {
    await items.insertOne({ _id: 1, int: 2_147_483_647, double: new Double(2) });
    await items.updateOne({ _id: 1 }, { $inc: { int: 1, double: 1 } });

    expect(await items.findOne({ _id: 1 }, { promoteValues: false })).toMatchObject({
      int: Long.fromNumber(2_147_483_648),
      double: new Double(3),
    });
  });

  it('of an unchanged document count as matched, not as modified', async () => {
    await items.insertOne({ _id: 1, a: 1 });

    expect(await items.updateOne({ _id: 1 }, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
  });

  it('of many change each once, also when the change moves it in the index', async () => {
    await items.createIndex({ n: 1 });
    await items.insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: i, n: i })));
    const result = await items.updateMany({ n: { $gte: 0 } }, { $inc: { n: 100 } });
    await items.dropIndexes();

    expect(result).toMatchObject({ matchedCount: 50, modifiedCount: 50 });
    expect(await items.countDocuments({ n: { $gte: 100, $lt: 150 } })).toBe(50);
  });

  it('by pipeline merge literal keys that hold dots and dollars', async () => {
    const data = { 'a.b': 1, $k: { 'c.d': [2] }, plain: 3 };
    const update = [
      { $set: { data: { $mergeObjects: [{ $ifNull: ['$data', {}] }, { $literal: data }] } } },
    ];

    expect(await after({}, update)).toEqual({ data });
    await items.deleteMany({});
    expect(await after({ data: { old: 1, plain: 0 } }, update)).toEqual({
      data: { old: 1, ...data },
    });
  });

  it('by pipeline compute from other fields, and unset', async () => {
    const update = [{ $set: { total: { $add: ['$a', '$b'] } } }, { $unset: 'a' }];

    expect(await after({ a: 1, b: 2 }, update)).toEqual({ b: 2, total: 3 });
  });

  describe('that insert', () => {
    it('take over equality from the query, and $setOnInsert', async () => {
      const result = await items.updateOne(
        {
          kind: 'x',
          'owner.id': 7,
          n: { $gt: 1 },
          $and: [{ z: { $eq: 1 } }],
        },
        { $set: { a: 1 }, $setOnInsert: { b: 2 } },
        { upsert: true },
      );

      expect(result).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 });
      expect(await items.findOne({ _id: result.upsertedId as ObjectId })).toEqual({
        _id: result.upsertedId,
        kind: 'x',
        owner: { id: 7 },
        z: 1,
        a: 1,
        b: 2,
      });
    });

    it('use the _id of the query or of the replacement', async () => {
      await items.updateOne({ _id: 'q' }, { $set: { a: 1 } }, { upsert: true });
      await items.replaceOne({ none: 1 }, { _id: 'r', a: 1 }, { upsert: true });

      expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([
        { _id: 'q', a: 1 },
        { _id: 'r', a: 1 },
      ]);
    });

    it('take a part of the _id for an update, and refuse it for a replacement', async () => {
      const part = { '_id.a': 1 } as object;
      await items.updateOne(part, { $set: { b: 2 } }, { upsert: true });
      expect(await items.findOne()).toEqual({ _id: { a: 1 }, b: 2 });

      const other = { '_id.a': 2 } as object;
      expect(await failureOf(items.replaceOne(other, { b: 2 }, { upsert: true }))).toMatchObject({
        code: 111,
      });
      const twice = { name: 'x', $and: [{ name: 'x' }] };
      await items.replaceOne(twice, { _id: 't', b: 3 }, { upsert: true });
      expect(await items.findOne({ _id: 't' })).toEqual({ _id: 't', b: 3 });
    });

    it('once, when fifty try at once', async () => {
      await items.createIndex({ name: 1 }, { unique: true });
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () =>
          items.updateOne({ name: 'one' }, { $setOnInsert: { made: true } }, { upsert: true }),
        ),
      );
      await items.dropIndexes();
      const inserted = results.filter(
        (result) => result.status === 'fulfilled' && result.value.upsertedCount === 1,
      );

      expect(inserted).toHaveLength(1);
      expect(await items.countDocuments()).toBe(1);
    });
  });

  it.each<[string, Document, object, number]>([
    ['an unknown operator', {}, { $foo: { a: 1 } }, 9],
    ['a changed _id', {}, { $set: { _id: 2 } }, 66],
    ['two changes of one path', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a path and its parent', {}, { $set: { a: {}, 'a.b': 1 } }, 40],
    ['$inc of a text', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc by a text', { a: 1 }, { $inc: { a: 'x' } }, 14],
    ['$push to a number', { a: 1 }, { $push: { a: 1 } }, 2],
    ['a path through a number', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
    ['$ without a match in an array', { a: [1] }, { $set: { 'a.$': 1 } }, 2],
    ['an array filter that is missing', { a: [1] }, { $set: { 'a.$[x]': 1 } }, 2],
    ['an empty path', {}, { $set: { '': 1 } }, 56],
  ])('refuse %s and leave the document as it was', async (_name, doc, update, code) => {
    await items.insertOne({ ...doc, _id: 1 });

    expect(
      await failureOf(items.updateOne({ _id: 1 }, update as UpdateFilter<Item>)),
    ).toMatchObject({ code });
    expect(await items.findOne({ _id: 1 })).toEqual({ ...doc, _id: 1 });
  });
});
