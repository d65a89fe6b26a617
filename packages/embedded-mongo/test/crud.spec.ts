import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Binary,
  type Collection,
  type Document,
  Decimal128,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

interface Item extends Document {
  _id: string | number | ObjectId;
}

describe('documents', () => {
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

  const seed = (docs: Item[]) => items.insertMany(docs);
  const ids = async (filter: object) =>
    (await items.find(filter).sort({ _id: 1 }).toArray()).map((doc) => doc._id);

  it('come back as they were stored, with every BSON type', async () => {
    const doc = {
      _id: new ObjectId(),
      text: 'héllo \u{1F600}\0end',
      int: 1,
      double: 1.5,
      long: Long.fromString('9007199254740993'),
      decimal: Decimal128.fromString('1.10'),
      yes: true,
      none: null,
      date: new Date(1_700_000_000_000),
      before1970: new Date(-1),
      bytes: new Binary(Buffer.from([1, 2, 3]), 4),
      pattern: /^a.b/i,
      stamp: Timestamp.fromBits(1, 2),
      nested: { array: [1, 'two', { three: 3 }, []], 'dotted.key': 1, $dollar: 2 },
    };
    await items.insertOne(doc);

    expect(await items.findOne({ _id: doc._id })).toEqual(doc);
  });

  it('keep the difference between int, long and double', async () => {
    await items.insertOne({ _id: 1, int: new Int32(1), double: new Double(1), long: Long.ONE });
    await items.updateOne({ _id: 1 }, { $set: { touched: true } });

    expect(await items.findOne({ _id: 1 }, { promoteValues: false })).toMatchObject({
      int: new Int32(1),
      double: new Double(1),
      long: Long.ONE,
    });
    expect(await ids({ double: { $type: 'double' }, long: { $type: 'long' } })).toEqual([1]);
  });

  it('get their _id put first and made up when it is missing', async () => {
    const { insertedId } = await items.insertOne({ a: 1 } as unknown as Item);
    await items.insertOne({ b: 1, _id: 'later' });

    expect(insertedId).toBeInstanceOf(ObjectId);
    expect(Object.keys((await items.findOne({ _id: 'later' })) ?? {})).toEqual(['_id', 'b']);
  });

  it.each([[['array', [1]]], [['regex', /a/]]])(
    'cannot have an _id of type %s',
    async ([type, _id]) => {
      expect(await failureOf(items.insertOne({ _id } as unknown as Item))).toMatchObject({
        code: expect.any(Number),
        message: expect.stringContaining(type as string),
      });
      expect(await items.countDocuments()).toBe(0);
    },
  );

  it('are matched by null where a field is null or missing', async () => {
    await seed([{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 0 }, { _id: 4, a: [null] }]);

    expect(await ids({ a: null })).toEqual([1, 2, 4]);
    expect(await ids({ a: { $ne: null } })).toEqual([3]);
    expect(await ids({ a: { $exists: true } })).toEqual([1, 3, 4]);
    expect(await ids({ a: { $in: [null, 0] } })).toEqual([1, 2, 3, 4]);
  });

  it('are matched through arrays, element by element and as a whole', async () => {
    await seed([
      { _id: 1, a: [1, 2, 3] },
      { _id: 2, a: 2 },
      { _id: 3, a: [[2]] },
      {
        _id: 4,
        a: [
          { b: 1, c: 1 },
          { b: 2, c: 2 },
        ],
      },
    ]);

    expect(await ids({ a: 2 })).toEqual([1, 2]);
    expect(await ids({ a: [1, 2, 3] })).toEqual([1]);
    expect(await ids({ a: [2] })).toEqual([3]);
    expect(await ids({ 'a.b': 1, 'a.c': 2 })).toEqual([4]);
    expect(await ids({ a: { $elemMatch: { b: 1, c: 2 } } })).toEqual([]);
    expect(await ids({ a: { $elemMatch: { $gt: 2, $lt: 4 } } })).toEqual([1]);
    expect(await ids({ a: { $size: 3 } })).toEqual([1]);
    expect(await ids({ a: { $all: [1, 3] } })).toEqual([1]);
    expect(await ids({ 'a.0': 1 })).toEqual([1]);
    expect(await ids({ a: { $gt: 2, $lt: 2 } })).toEqual([1]);
  });

  it('are compared within a type only', async () => {
    await seed([
      { _id: 1, a: 5 },
      { _id: 2, a: '5' },
      { _id: 3, a: new Date(5) },
      { _id: 4, a: null },
      { _id: 5, a: Long.fromNumber(6) },
      { _id: 6, a: 5.5 },
    ]);

    expect(await ids({ a: { $gt: 4 } })).toEqual([1, 5, 6]);
    expect(await ids({ a: { $gte: '' } })).toEqual([2]);
    expect(await ids({ a: { $lte: new Date(10) } })).toEqual([3]);
    expect(await ids({ a: { $type: 'number' } })).toEqual([1, 5, 6]);
    expect(await ids({ a: { $not: { $gt: 4 } } })).toEqual([2, 3, 4]);
  });

  it('are matched by logic, patterns, remainders, bits and expressions', async () => {
    await seed([
      { _id: 1, n: 12, s: 'Room one', limit: 10 },
      { _id: 2, n: 7, s: 'room two', limit: 10 },
    ]);

    expect(await ids({ $or: [{ n: 12 }, { s: 'room two' }] })).toEqual([1, 2]);
    expect(await ids({ $nor: [{ n: 12 }] })).toEqual([2]);
    expect(await ids({ $and: [{ n: { $gt: 5 } }, { n: { $lt: 10 } }] })).toEqual([2]);
    expect(await ids({ s: /^room/ })).toEqual([2]);
    expect(await ids({ s: { $regex: '^room', $options: 'i' } })).toEqual([1, 2]);
    expect(await ids({ n: { $mod: [5, 2] } })).toEqual([1, 2]);
    expect(await ids({ n: { $bitsAllSet: 0b1100 } })).toEqual([1]);
    expect(await ids({ $expr: { $gt: ['$n', '$limit'] } })).toEqual([1]);
    expect(await ids({ s: { $in: [/two$/, 'x'] } })).toEqual([2]);
  });

  it.each([
    [{ a: { $foo: 1 } }],
    [{ $foo: 1 }],
    [{ a: { $in: 1 } }],
    [{ $or: [] }],
    [{ $or: {} }],
    [{ a: { $gt: 1, b: 2 } }],
    [{ a: { $mod: [0, 1] } }],
    [{ a: { $type: 'nothing' } }],
  ])('are not looked for by a wrong filter: %j', async (filter) => {
    expect(await failureOf(items.find(filter as object).toArray())).toMatchObject({ code: 2 });
  });

  it('are replaced, and a replacement may not change the _id', async () => {
    await seed([{ _id: 1, a: 1, b: 1 }]);

    expect(await items.replaceOne({ _id: 1 }, { c: 1 })).toMatchObject({ modifiedCount: 1 });
    expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, c: 1 });
    expect(await failureOf(items.replaceOne({ c: 1 }, { _id: 2, c: 1 }))).toMatchObject({
      code: 66,
    });
  });

  it('are counted, listed by distinct value and deleted', async () => {
    await seed([{ _id: 1, a: [1, 2] }, { _id: 2, a: 2 }, { _id: 3, a: 'x' }, { _id: 4 }]);

    expect(await items.countDocuments({ a: 2 })).toBe(2);
    expect(await items.countDocuments({}, { skip: 1, limit: 2 })).toBe(2);
    expect(await items.estimatedDocumentCount()).toBe(4);
    expect(await items.distinct('a')).toEqual([1, 2, 'x']);
    expect(await items.deleteOne({ a: 2 })).toMatchObject({ deletedCount: 1 });
    expect(await items.deleteMany({ a: { $exists: true } })).toMatchObject({ deletedCount: 2 });
    expect(await ids({})).toEqual([4]);
  });

  it('with __proto__ as a key are data and nothing else', async () => {
    const raw = JSON.parse('{"__proto__": {"admin": true}, "constructor": {"name": 5}}') as object;
    await items.insertOne({ _id: 1, data: raw });
    await items.updateOne({ _id: 1 }, { $set: { seen: 1 } });
    const found = (await items.findOne({ _id: 1, 'data.constructor.name': 5 })) as Item;

    expect(JSON.stringify(found['data'])).toBe(JSON.stringify(raw));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('findAndModify', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection<Item>('items');
  });
  beforeEach(async () => {
    await items.deleteMany({});
    await items.insertMany([
      { _id: 1, n: 1, tag: 'a' },
      { _id: 2, n: 2, tag: 'a' },
    ]);
  });
  afterAll(() => database.close());

  it('gives the document before or after, the first by the sort, with a projection', async () => {
    expect(
      await items.findOneAndUpdate({ tag: 'a' }, { $inc: { n: 10 } }, { sort: { n: -1 } }),
    ).toEqual({ _id: 2, n: 2, tag: 'a' });
    expect(
      await items.findOneAndUpdate(
        { _id: 1 },
        { $inc: { n: 10 } },
        { returnDocument: 'after', projection: { n: 1, _id: 0 } },
      ),
    ).toEqual({ n: 11 });
  });

  it('inserts when told to, removes, and gives null for nothing', async () => {
    const upsert = { upsert: true, returnDocument: 'after' } as const;
    expect(
      await items.findOneAndUpdate({ _id: 3, tag: 'b' }, { $setOnInsert: { n: 3 } }, upsert),
    ).toEqual({ _id: 3, tag: 'b', n: 3 });
    expect(await items.findOneAndDelete({ _id: 3 })).toEqual({ _id: 3, tag: 'b', n: 3 });
    expect(await items.findOneAndDelete({ _id: 3 })).toBeNull();
  });

  it('of a hundred at once hands each document to one of them only', async () => {
    await items.insertMany(Array.from({ length: 20 }, (_, i) => ({ _id: `t${i}`, free: true })));
    const taken = await Promise.all(
      Array.from({ length: 100 }, () => items.findOneAndDelete({ free: true })),
    );
    const got = taken.filter((doc) => doc !== null).map((doc) => doc._id);

    expect(got).toHaveLength(20);
    expect(new Set(got).size).toBe(20);
  });

  it('increments without losing one of many concurrent steps', async () => {
    await Promise.all(
      Array.from({ length: 200 }, () => items.updateOne({ _id: 1 }, { $inc: { n: 1 } })),
    );

    expect(await items.findOne({ _id: 1 })).toMatchObject({ n: 201 });
  });
});
