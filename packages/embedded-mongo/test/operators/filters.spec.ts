import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Document } from 'mongodb';
import { MISSING } from '../cases/filter-case.js';
import { FILTERS_BY_KIND } from '../cases/filters-by-kind.js';
import { FILTERS_BY_VALUE } from '../cases/filters-by-value.js';
import { type TestDatabase, openTestDatabase } from '../support/server.js';
import { outcome } from '../support/types.js';

interface Item extends Document {
  _id: number;
}

describe('filters, by the manual and by types', () => {
  let database: TestDatabase;
  let items: Collection<Item>;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection<Item>('filters');
  });
  afterAll(() => database.close());
  beforeEach(() => items.deleteMany({}));

  describe.each([
    ['by reading all', {}],
    ['by an index', { a: 1, 'a.b': 1, 'a.0': 1 }],
  ])('%s', (_how, indexes: Document) => {
    beforeAll(async () => {
      for (const key of Object.keys(indexes)) await items.createIndex({ [key]: 1 });
    });

    it.each([...FILTERS_BY_VALUE, ...FILTERS_BY_KIND])(
      '%s',
      async (_what, values, filter, found) => {
        await items.insertMany(
          values.map((a, _id) => (a === MISSING ? { _id } : { _id, a })),
          { ignoreUndefined: true },
        );
        const ids = async (): Promise<number[]> =>
          (await items.find(filter, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray()).map(
            ({ _id }) => Number(_id),
          );

        if (typeof found === 'string') expect(await outcome(ids)).toBe(found);
        else expect(await ids()).toEqual(found);
      },
    );
  });

  it('takes a number for a position and for a field, but not in an index', async () => {
    const both = database.db.collection<Item>('positions');
    await both.insertOne({ _id: 1, a: [{ 0: 1 }] });

    expect(Number(await both.countDocuments({ 'a.0': 1 }))).toBe(1);
    expect(await outcome(() => both.createIndex({ 'a.0': 1 }))).toBe('error 16746');
  });
});
