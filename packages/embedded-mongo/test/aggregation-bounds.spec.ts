import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AggregateOptions, Collection, Document } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

const range = (end: number): Document => ({ $range: [0, end] });
/** Runs for hours, and needs hardly any memory. */
const ENDLESS = {
  $let: {
    vars: { r: range(100_000) },
    in: {
      $reduce: {
        input: '$$r',
        initialValue: 0,
        in: {
          $reduce: { input: '$$r', initialValue: 0, in: { $add: ['$$value', 1] } },
        },
      },
    },
  },
};

describe('what an aggregation may use', () => {
  let database: TestDatabase;
  let items: Collection;

  const failure = (pipeline: Document[], options: AggregateOptions = {}) =>
    failureOf(items.aggregate(pipeline, options).toArray());

  beforeAll(async () => {
    database = await openTestDatabase();
    items = database.db.collection('items');
    const text = 'x'.repeat(1_000);
    await items.insertMany(Array.from({ length: 300 }, (_, n) => ({ n, text })));
  });
  afterEach(async () => {
    // Whatever was asked for, the server is still there.
    expect(await items.countDocuments()).toBe(300);
  });
  afterAll(() => database.close());

  it('has a bound for one array', async () => {
    expect(await failure([{ $project: { r: range(400_000_000) } }])).toMatchObject({ code: 146 });
    expect(await failure([{ $match: { $expr: { $in: [1, range(400_000_000)] } } }])).toMatchObject({
      code: 146,
    });
  });

  it.each<[string, Document]>([
    ['arrays in arrays', { $map: { input: range(50_000), in: range(50_000) } }],
    [
      'a text that doubles',
      {
        $reduce: { input: range(60), initialValue: 'xx', in: { $concat: ['$$value', '$$value'] } },
      },
    ],
    [
      'an array that doubles',
      {
        $reduce: {
          input: range(60),
          initialValue: [1, 2],
          in: { $concatArrays: ['$$value', '$$value'] },
        },
      },
    ],
  ])('has a bound in memory or time for %s', async (_name, expression) => {
    const { code } = await failure([{ $limit: 1 }, { $project: { r: expression } }]);

    expect([50, 146]).toContain(code);
  });

  it('has a bound for what a group, a sort and a join keep', async () => {
    const many = [{ $set: { r: range(100_000) } }, { $unwind: '$r' }];
    const all = { $group: { _id: null, all: { $push: '$$ROOT' } } };

    expect(await failure([...many, all])).toMatchObject({ code: 146 });
    expect(await failure([...many, { $sort: { r: -1 } }])).toMatchObject({ code: 292 });
    const join = { $lookup: { from: 'items', as: 'j', pipeline: [] } };
    const again = { $set: { k: '$j' } };
    const twice = { $lookup: { from: 'items', as: 'j', pipeline: [join, again] } };
    expect(await failure([twice])).toMatchObject({ code: 4568 });
  });

  it('has MongoDB’s bound for a document that comes out', async () => {
    const tooLarge = { $map: { input: range(40_000), in: '$text' } };

    expect(await failure([{ $limit: 1 }, { $project: { r: tooLarge } }])).toMatchObject({
      code: 10334,
    });
    const numbers = [{ $limit: 1 }, { $project: { r: range(1_500_000) } }];
    expect(await failure(numbers)).toMatchObject({ code: 10334 });
  });

  it.each<[string, Document[]]>([
    ['in one expression', [{ $project: { r: ENDLESS } }]],
    ['in an accumulator', [{ $group: { _id: null, n: { $sum: ENDLESS } } }]],
    [
      'between documents',
      [
        { $set: { r: range(100_000) } },
        { $unwind: '$r' },
        { $group: { _id: null, n: { $sum: '$r' } } },
      ],
    ],
    [
      'in a join',
      [1, 2, 3].reduce<Document[]>(
        (pipeline) => [
          { $lookup: { from: 'items', as: 'j', pipeline } },
          { $project: { j: { $size: '$j' } } },
        ],
        [],
      ),
    ],
  ])('ends with maxTimeMS %s', async (_name, pipeline) => {
    expect(await failure(pipeline, { maxTimeMS: 50 })).toMatchObject({ code: 50 });
  });

  it('ends with maxTimeMS in a filter and in an update', async () => {
    const slow = { $expr: { $eq: [ENDLESS, 0] } };

    expect(await failureOf(items.find(slow, { maxTimeMS: 50 }).toArray())).toMatchObject({
      code: 50,
    });
    const update = items.updateOne({}, [{ $set: { n: ENDLESS } }], { maxTimeMS: 50 });
    expect(await failureOf(update)).toMatchObject({ code: 50 });
  });

  it('ends without maxTimeMS when one document takes too long', async () => {
    expect(await failure([{ $limit: 1 }, { $project: { r: ENDLESS } }])).toMatchObject({
      code: 50,
    });
  });

  it('leaves others their turn while it runs', async () => {
    let isRunning = true;
    const pipeline = [
      { $set: { r: range(100_000) } },
      { $unwind: '$r' },
      { $group: { _id: null, n: { $sum: 1 } } },
    ];
    const running = failure(pipeline, { maxTimeMS: 3_000 }).finally(() => (isRunning = false));
    let served = 0;
    while (isRunning) {
      await database.db.command({ ping: 1 });
      served++;
    }

    expect(await running).toMatchObject({ code: 50 });
    expect(served).toBeGreaterThan(3);
  });
});
