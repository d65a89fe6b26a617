import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BSONRegExp, Decimal128, Long } from 'bson';
import type { Collection } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

const numbers = (count: number, first = 0): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

interface Item {
  _id: number;
  a?: (number | string | null | Decimal128 | Long | BSONRegExp)[];
  n?: number;
  missing?: number | null;
}

/** What is compared with many values takes the sum of both lengths, not their product. */
describe('updates and filters with many values', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  const timed = async (run: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  const stored = async (_id: number): Promise<unknown[]> =>
    (await items.findOne({ _id }))?.a as unknown[];

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection<Item>('items');
  });
  afterAll(() => database.close());

  it('adds a hundred thousand to a set', async () => {
    const $addToSet = { a: { $each: [...numbers(100_000), ...numbers(100_000)] } };
    const took = await timed(() => items.updateOne({ _id: 1 }, { $addToSet }, { upsert: true }));

    expect(took).toBeLessThan(5_000);
    expect(await stored(1)).toHaveLength(100_000);
  });

  it('takes a hundred thousand out', async () => {
    await items.insertMany([2, 3].map((_id) => ({ _id, a: numbers(100_000) })));
    const others = numbers(100_000, 50_000);
    const took = await timed(async () => {
      await items.updateOne({ _id: 2 }, { $pullAll: { a: others } });
      await items.updateOne({ _id: 3 }, { $pull: { a: { $in: others } } });
    });

    expect(took).toBeLessThan(5_000);
    expect(await stored(2)).toHaveLength(50_000);
    expect(await stored(3)).toHaveLength(50_000);
  });

  it('looks for all of a hundred thousand', async () => {
    await items.insertOne({ _id: 4, a: numbers(100_000) });
    const found = async ($all: number[]) =>
      (await items.find({ _id: 4, a: { $all } }).toArray()).length;
    const took = await timed(async () => {
      expect(await found(numbers(100_000).reverse())).toBe(1);
      expect(await found([...numbers(100_000), -1])).toBe(0);
    });

    expect(took).toBeLessThan(8_000);
  });

  it('looks for one of many in many', async () => {
    await items.insertMany(numbers(2_000, 1_000_000).map((_id) => ({ _id, n: _id })));
    const took = await timed(async () => {
      expect(await items.countDocuments({ n: { $in: numbers(200_000) } })).toBe(0);
      expect(await items.countDocuments({ n: { $in: numbers(100_000, 1_000_500) } })).toBe(1_500);
    });

    expect(took).toBeLessThan(5_000);
    const late = items.find({ n: { $in: numbers(800_000) } }, { maxTimeMS: 50 }).toArray();
    expect(await failureOf(late)).toMatchObject({ code: 50 });
  });

  it('takes for equal what is, of whatever type', async () => {
    const big = '9007199254740993';
    const a = [
      1,
      Decimal128.fromString('1.0'),
      Long.fromString(big),
      Decimal128.fromString(big),
      Decimal128.fromString('9007199254740992'),
      2 ** 53,
      Decimal128.fromString('0.1'),
      Decimal128.fromString('0.10'),
      0.1,
      Decimal128.fromString('1E+6000'),
      Decimal128.fromString('10E+5999'),
      new BSONRegExp('a', 'i'),
      new BSONRegExp('a', ''),
      -0,
      0,
    ];
    await items.insertOne({ _id: 5, a: [null] });
    await items.updateOne({ _id: 5 }, { $addToSet: { a: { $each: a } } });

    expect(await stored(5)).toHaveLength(10);
    const $all = [null, ...a.filter((item) => !(item instanceof BSONRegExp)), Long.fromNumber(1)];
    expect(await items.countDocuments({ _id: 5, a: { $all } })).toBe(1);
    expect(await items.countDocuments({ _id: 5, a: { $all: [...$all, 7] } })).toBe(0);
    expect(await items.countDocuments({ _id: 5, missing: { $in: numbers(20) } })).toBe(0);
    const orNull = { $in: [...numbers(20), null] };
    expect(await items.countDocuments({ _id: 5, missing: orNull })).toBe(1);
  });

  it('keeps the position of what all of many were found by', async () => {
    await items.insertOne({ _id: 6, a: numbers(12) });
    const $all = numbers(10);
    await items.updateOne({ _id: 6, a: { $all } }, { $set: { 'a.$': 'here' } });

    expect((await stored(6)).indexOf('here')).toBe(9);
  });
});
