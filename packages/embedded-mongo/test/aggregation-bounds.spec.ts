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

const times = (count: number, of: Document): Document => ({
  $reduce: { input: range(count), initialValue: 0, in: { $add: ['$$value', of] } },
});
const literal = (value: unknown): Document => ({ $literal: value });
const text = (length: number): Document => literal('aé'.repeat(length / 2));
const ones = (length: number): Document => literal(Array.from({ length }, () => 1));
const fields = (count: number): Document =>
  literal(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1])));
const is = (condition: Document): Document => ({ $cond: [condition, 1, 0] });

/** Each takes a while, and is asked for so often that it takes seconds in all. */
const SLOW_OPERATORS: Record<string, Document> = {
  $strLenCP: { $strLenCP: text(4_000_000) },
  $strLenBytes: { $strLenBytes: text(4_000_000) },
  $toUpper: { $strLenBytes: { $toUpper: text(4_000_000) } },
  $toLower: { $strLenBytes: { $toLower: literal('Aé'.repeat(2_000_000)) } },
  $indexOfBytes: { $indexOfBytes: [text(4_000_000), 'z'] },
  $indexOfCP: { $indexOfCP: [text(4_000_000), 'z'] },
  $strcasecmp: { $strcasecmp: [text(4_000_000), text(4_000_000)] },
  $substrBytes: { $strLenBytes: { $substrBytes: [text(4_000_000), 0, 1] } },
  $substrCP: { $strLenBytes: { $substrCP: [text(4_000_000), 1_000_000, 1] } },
  $trim: { $strLenCP: { $trim: { input: literal(' '.repeat(4_000_000)) } } },
  '$trim of much': { $strLenCP: { $trim: { input: 'x', chars: text(4_000_000) } } },
  $split: { $size: { $split: [text(1_000_000), 'aé'] } },
  $replaceAll: {
    $strLenCP: { $replaceAll: { input: text(1_000_000), find: '', replacement: 'b' } },
  },
  $regexMatch: is({ $regexMatch: { input: text(4_000_000), regex: 'z' } }),
  $regexFindAll: { $size: { $regexFindAll: { input: text(1_000_000), regex: 'a' } } },
  '$eq of texts': is({ $eq: [text(4_000_000), text(4_000_000)] }),
  '$eq of arrays': is({ $eq: [ones(200_000), ones(200_000)] }),
  $in: is({ $in: [5, ones(200_000)] }),
  $indexOfArray: { $indexOfArray: [ones(200_000), 5] },
  $max: { $max: ones(200_000) },
  $anyElementTrue: is({
    $not: [{ $anyElementTrue: [literal(Array.from({ length: 200_000 }, () => 0))] }],
  }),
  $reverseArray: { $size: { $reverseArray: ones(200_000) } },
  $slice: { $size: { $slice: [ones(200_000), 150_000] } },
  $concatArrays: { $size: { $concatArrays: [ones(200_000), ones(200_000)] } },
  $setIsSubset: is({ $setIsSubset: [range(200_000), range(200_000)] }),
  $objectToArray: { $size: { $objectToArray: fields(100_000) } },
  $mergeObjects: { $size: { $objectToArray: { $mergeObjects: [fields(100_000)] } } },
  $setField: is({ $setField: { field: 'q', input: fields(100_000), value: 1 } }),
  $bsonSize: { $bsonSize: fields(100_000) },
  $toLong: is({ $convert: { input: literal('1'.repeat(4_000_000)), to: 'long', onError: 1 } }),
  $toDouble: is({
    $convert: { input: literal(`${'1'.repeat(400_000)}x`), to: 'double', onError: 1 },
  }),
  $dateToString: {
    $strLenCP: { $dateToString: { date: new Date(0), format: '%Y'.repeat(100_000) } },
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

  it('has a bound for what a group, a sort, a sample and a join keep', async () => {
    const many = [{ $set: { r: range(100_000) } }, { $unwind: '$r' }];
    const all = { $group: { _id: null, all: { $push: '$$ROOT' } } };

    expect(await failure([...many, all])).toMatchObject({ code: 146 });
    expect(await failure([...many, { $sort: { r: -1 } }])).toMatchObject({ code: 292 });
    const sample = [{ $set: { r: range(50_000) } }, { $sample: { size: 300 } }];
    expect(await failure(sample)).toMatchObject({ code: 292 });
    const each = { $group: { _id: '$n', all: { $push: '$r' } } };
    const split = [{ $set: { r: range(50_000) } }, each, { $count: 'n' }];
    expect(await failure(split)).toMatchObject({ code: 292 });
    const last = { $group: { _id: '$n', all: { $last: '$r' } } };
    expect(await failure([{ $set: { r: range(50_000) } }, last, { $count: 'n' }])).toMatchObject({
      code: 292,
    });
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

  it.each(Object.entries(SLOW_OPERATORS))(
    'ends with maxTimeMS between large values: %s',
    async (_name, operator) => {
      const start = performance.now();
      const { code } = await failure(
        [{ $limit: 1 }, { $project: { r: times(100_000, operator) } }],
        { maxTimeMS: 300 },
      );

      // Some build more than one document may, before their time is over.
      expect([50, 146]).toContain(code);
      expect(performance.now() - start).toBeLessThan(8_000);
    },
  );

  it('ends a comparison of what holds itself twice in each of many levels', async () => {
    const twice = (operands: Document[]): Document => ({
      $reduce: { input: range(60), initialValue: operands, in: ['$$value', '$$value'] },
    });
    const deep = [{ $limit: 1 }, { $set: { a: twice([]), b: twice([]) } }];

    for (const same of [
      { $eq: ['$a', '$b'] },
      { $setEquals: [['$a'], ['$b']] },
      { $max: ['$a', '$b'] },
    ]) {
      const pipeline = [...deep, { $project: { same: { $type: same } } }];
      expect(await failure(pipeline, { maxTimeMS: 300 })).toMatchObject({ code: 50 });
    }
    expect(await failure([...deep, { $sort: { n: 1 } }])).toMatchObject({ code: 292 });
    // A megabyte that stands many times in one value.
    const texts = { $map: { input: range(1_000), in: literal('x'.repeat(1_000_000)) } };
    const set = { $setUnion: [[texts], [texts]] };
    const pipeline = [{ $limit: 1 }, { $project: { r: { $size: set } } }];
    expect(await failure(pipeline, { maxTimeMS: 50 })).toMatchObject({ code: 50 });
  });

  it('ends an array that doubles by its time', async () => {
    const doubled = { $concatArrays: ['$$value', '$$value'] };
    const array = { $reduce: { input: range(40), initialValue: [1], in: doubled } };
    const start = performance.now();
    const { code } = await failure([{ $limit: 1 }, { $project: { r: array } }], {
      maxTimeMS: 300,
    });

    expect([50, 146]).toContain(code);
    expect(performance.now() - start).toBeLessThan(8_000);
  });

  it('ends with maxTimeMS in a filter, in an update and when it is explained', async () => {
    const slow = { $expr: { $eq: [ENDLESS, 0] } };

    expect(await failureOf(items.find(slow, { maxTimeMS: 50 }).toArray())).toMatchObject({
      code: 50,
    });
    const update = items.updateOne({}, [{ $set: { n: ENDLESS } }], { maxTimeMS: 50 });
    expect(await failureOf(update)).toMatchObject({ code: 50 });
    const start = performance.now();
    const explain = { explain: { find: 'items', filter: slow }, maxTimeMS: 50 };
    expect(await failureOf(database.db.command(explain))).toMatchObject({ code: 50 });
    expect(performance.now() - start).toBeLessThan(1_900);
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
