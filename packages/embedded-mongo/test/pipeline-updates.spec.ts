import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Document } from 'mongodb';
import { type TestDatabase, openTestDatabase } from './support/server.js';
import { answerOf, canonical, date, decimal, double, error, int, long } from './support/typed.js';

interface UpdateCase {
  name: string;
  before: Document;
  update: Document[];
  answer: unknown;
}

const CASES: UpdateCase[] = [
  {
    name: 'keep the types of what they leave alone, and of what they copy',
    before: { l: long(5), d: double(2), dec: decimal('1.10') },
    update: [{ $set: { copy: '$l', sum: { $add: ['$d', 1] } } }],
    answer: { l: long(5), d: double(2), dec: decimal('1.10'), copy: long(5), sum: double(3) },
  },
  {
    name: 'keep a long a long',
    before: { l: long('9007199254740993') },
    update: [{ $set: { l: { $add: ['$l', int(2)] } } }],
    answer: { l: long('9007199254740995') },
  },
  {
    name: 'write literals with the types they have',
    before: {},
    update: [{ $set: { a: { $literal: { x: double(1), $y: long(1), 'p.q': int(1) } } } }],
    answer: { a: { x: double(1), $y: long(1), 'p.q': int(1) } },
  },
  {
    name: 'reach into arrays',
    before: { arr: [{ q: int(1) }, int(5), { z: int(0) }] },
    update: [{ $set: { 'arr.z': 2 } }],
    answer: { arr: [{ q: int(1), z: int(2) }, { z: int(2) }, { z: int(2) }] },
  },
  {
    name: 'take a field out of each document of an array',
    before: { arr: [{ q: int(1), z: int(2) }, { z: int(3) }] },
    update: [{ $unset: 'arr.z' }],
    answer: { arr: [{ q: int(1) }, {}] },
  },
  {
    name: 'replace a scalar that is no document by one',
    before: { a: int(1) },
    update: [{ $set: { 'a.b': 2 } }],
    answer: { a: { b: int(2) } },
  },
  {
    name: 'run their stages one after the other',
    before: { a: int(1), b: int(2) },
    update: [
      { $set: { c: { $add: ['$a', '$b'] } } },
      { $set: { d: '$c' } },
      { $unset: ['a', 'b'] },
    ],
    answer: { c: int(3), d: int(3) },
  },
  {
    name: 'compute all fields of a stage from what was before it',
    before: { a: int(1), b: int(2) },
    update: [{ $set: { a: '$b', b: '$a' } }],
    answer: { a: int(2), b: int(1) },
  },
  {
    name: 'remove a field whose value is missing, and keep null',
    before: { a: int(1), b: int(2) },
    update: [{ $set: { a: '$nothing', b: null } }],
    answer: { b: null },
  },
  {
    name: 'merge data key by key, with dots and dollars in them',
    before: { data: { old: long(1), plain: int(0) } },
    update: [
      {
        $set: {
          data: {
            $mergeObjects: [{ $ifNull: ['$data', {}] }, { $literal: { plain: 3, 'a.b': 1 } }],
          },
        },
      },
    ],
    answer: { data: { old: long(1), plain: int(3), 'a.b': int(1) } },
  },
  {
    name: 'set fields whose names are no paths',
    before: { o: { x: int(1) } },
    update: [
      { $set: { o: { $setField: { field: { $literal: '$a.b' }, input: '$o', value: long(1) } } } },
      { $set: { got: { $getField: { field: { $literal: '$a.b' }, input: '$o' } } } },
    ],
    answer: { o: { x: int(1), '$a.b': long(1) }, got: long(1) },
  },
  {
    name: 'replace the document and keep its id',
    before: { a: { b: long(1) } },
    update: [{ $replaceWith: '$a' }],
    answer: { b: long(1) },
  },
  {
    name: 'add a month to 31 January',
    before: { w: date('2024-01-31T00:00:00Z') },
    update: [{ $set: { w: { $dateAdd: { startDate: '$w', unit: 'month', amount: 1 } } } }],
    answer: { w: date('2024-02-29T00:00:00.000Z') },
  },
  {
    name: 'may not change the id',
    before: {},
    update: [{ $set: { _id: 2 } }],
    answer: error(66),
  },
  { name: 'may not group', before: {}, update: [{ $group: { _id: 1 } }], answer: error(72) },
  {
    name: 'are refused when an operator is not right here',
    before: {},
    update: [{ $set: { a: { $sin: 1 } } }],
    answer: error(115),
  },
  {
    name: 'are refused with an operator nobody knows',
    before: {},
    update: [{ $set: { a: { $frobnicate: 1 } } }],
    answer: error(168),
  },
];

describe('pipeline updates', () => {
  let database: TestDatabase;
  let items: Collection<{ _id: number } & Document>;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection('items');
  });
  beforeEach(async () => {
    await items.deleteMany({});
  });
  afterAll(() => database.close());

  it.each(CASES)('$name', async ({ before, update, answer }) => {
    await items.insertOne({ _id: 1, ...before });
    const stored = await answerOf(async () => {
      await items.updateOne({ _id: 1 }, update);
      return items.findOne({}, { projection: { _id: 0 } });
    });

    expect(stored).toBe(canonical(answer));
  });

  it('take variables and constants, which are no expressions', async () => {
    await items.insertOne({ _id: 1 });
    await database.db.command({
      update: 'items',
      updates: [{ q: { _id: 1 }, u: [{ $set: { a: '$$sum', b: '$$text' } }], c: { text: '$a' } }],
      let: { sum: { $add: [1, 2] } },
    });

    expect(canonical(await items.findOne({}, { projection: { _id: 0 } }))).toBe(
      canonical({ a: int(3), b: '$a' }),
    );
  });

  it('insert what they make of the query when nothing matches', async () => {
    const update = [{ $set: { n: { $add: [{ $ifNull: ['$n', long(1)] }, 1] } } }];
    await items.updateOne({ _id: 1, k: long(7) }, update, { upsert: true });

    expect(canonical(await items.findOne({}, { projection: { _id: 0 } }))).toBe(
      canonical({ k: long(7), n: long(2) }),
    );
  });
});
