import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Collection, Double, Long, ObjectId } from 'mongodb';
import { type TestDatabase, openTestDatabase } from './support/server.js';

interface Item {
  _id: number;
  [field: string]: unknown;
}

const SEED = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

const scalar = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(new Double(1), new Double(-0.5), Long.fromNumber(2), Number.NaN, Infinity),
  fc.constantFrom(Long.fromString('9007199254740993'), 9007199254740992),
  fc.constantFrom('', 'a', 'a\0', 'a\0b', 'ab', 'b', 'é', '\u{1F600}', '\uFFFD'),
  fc.boolean(),
  fc.constantFrom(new Date(-1), new Date(0), new Date(1)),
  fc.constantFrom(
    new ObjectId('000000000000000000000001'),
    new ObjectId('ff0000000000000000000000'),
  ),
  fc.constantFrom(Buffer.from(''), Buffer.from('a'), Buffer.from('ab')),
  fc.constantFrom({}, { x: 1 }, { x: 1, y: 2 }, { x: null }),
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.record({ x: scalar, y: scalar }), { maxLength: 2 }) },
);
const document = fc.record({ a: value, b: scalar, c: value }, { requiredKeys: [] });

const test = fc.oneof(
  scalar,
  fc.record({ $eq: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ $gt: scalar }),
  fc.record({ $gte: scalar }),
  fc.record({ $lt: scalar }),
  fc.record({ $lte: scalar }),
  fc.record({ $gte: scalar, $lt: scalar }),
  fc.record({ $gt: scalar, $lte: scalar }),
  fc.record({ $ne: scalar }),
  fc.record({ $nin: fc.array(scalar, { maxLength: 2 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $gt: scalar }) }),
  fc.record({ $elemMatch: fc.record({ x: scalar }) }),
  fc.record({ $elemMatch: fc.record({ $gte: scalar, $lt: scalar }) }),
  fc.record({ $type: fc.constantFrom('string', 'number', 'array', 'null', 'object') }),
);
const filter = fc.oneof(
  fc.record({ a: test, b: test, c: test }, { requiredKeys: [] }),
  fc.record({ a: test, 'a.x': test, 'a.y': test }, { requiredKeys: [] }),
  fc.record({ $and: fc.array(fc.record({ a: test }), { minLength: 1, maxLength: 2 }), b: test }),
  fc.record({
    $or: fc.array(fc.record({ a: test, c: test }, { requiredKeys: [] }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
);

const INDEXES: [Record<string, 1 | -1>, object][] = [
  [{ a: 1 }, {}],
  [{ a: -1, b: 1 }, {}],
  [{ b: 1, a: 1, _id: 1 }, {}],
  [{ b: -1 }, {}],
  [{ b: 1, c: -1 }, { sparse: true }],
  [{ 'a.x': 1, 'a.y': 1 }, {}],
  [{ c: 1 }, { partialFilterExpression: { c: { $exists: true } } }],
];

const sortable = fc.constantFrom<Record<string, 1 | -1>>(
  { b: 1 },
  { b: -1 },
  { a: 1, b: -1 },
  { b: 1, c: -1 },
  { _id: -1 },
);

describe('an index scan', () => {
  let database: TestDatabase;
  let plain: Collection<Item>;
  let indexed: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase();
    plain = database.db.collection<Item>('plain');
    indexed = database.db.collection<Item>('indexed');
    // 'c' can hold arrays and so can 'a': no index has both.
    await Promise.all(INDEXES.map(([key, options]) => indexed.createIndex(key, options)));
  });
  afterAll(() => database.close());

  it('finds what a collection scan finds, for any documents and filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 1, maxLength: 12 }),
        fc.array(filter, { minLength: 8, maxLength: 8 }),
        sortable,
        fc.array(fc.tuple(fc.nat(11), document), { maxLength: 4 }),
        async (documents, filters, sort, changes) => {
          const docs = documents.map((doc, i) => ({ ...doc, _id: i }));
          for (const collection of [plain, indexed]) {
            await collection.deleteMany({});
            await collection.insertMany(docs);
            for (const [_id, change] of changes) await collection.replaceOne({ _id }, change);
          }
          for (const where of filters) {
            const ids = async (collection: Collection<Item>) =>
              (await collection.find(where).sort({ _id: 1 }).toArray()).map((doc) => doc._id);
            expect(await ids(indexed)).toEqual(await ids(plain));
            expect(await sortValues(indexed, where, sort)).toEqual(
              await sortValues(plain, where, sort),
            );
          }
        },
      ),
      { numRuns: 60, seed: SEED },
    );
    const checked = await database.db.command({ validate: 'indexed' });
    expect(checked).toMatchObject({ valid: true });
  }, 120_000);

  /** In sorted order, with the `_id` last to make the order whole. */
  async function sortValues(
    collection: Collection<Item>,
    where: object,
    sort: Record<string, 1 | -1>,
  ): Promise<number[]> {
    const whole = '_id' in sort ? sort : { ...sort, _id: 1 as const };
    return (await collection.find(where).sort(whole).toArray()).map((doc) => doc._id);
  }
});
