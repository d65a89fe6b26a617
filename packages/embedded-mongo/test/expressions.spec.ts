import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Collection, type Document, BSON } from 'mongodb';
import { ARRAYS } from './cases/arrays.js';
import { DOCUMENT, type ExpressionCase } from './cases/case.js';
import { DATES } from './cases/dates.js';
import { LOGIC } from './cases/logic.js';
import { NUMBERS } from './cases/numbers.js';
import { CONVERSIONS, OBJECTS } from './cases/objects.js';
import { STRINGS } from './cases/strings.js';
import { type TestDatabase, openTestDatabase } from './support/server.js';
import { answerOf, canonical, missing } from './support/typed.js';

const TABLES: [string, ExpressionCase[]][] = [
  ['numbers', NUMBERS],
  ['logic, paths and types', LOGIC],
  ['strings', STRINGS],
  ['arrays and sets', ARRAYS],
  ['objects', OBJECTS],
  ['conversions', CONVERSIONS],
  ['dates', DATES],
];

describe('expressions', () => {
  let database: TestDatabase;
  let items: Collection;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection('items');
    await items.insertOne(DOCUMENT as { _id: never });
  });
  afterAll(() => database.close());

  const evaluate = async (expression: unknown): Promise<unknown> => {
    const stage = { $replaceWith: { r: expression } };
    const [result] = await items.aggregate<Document>([stage]).toArray();
    return result && 'r' in result ? result['r'] : missing;
  };

  describe.each(TABLES)('of %s', (_name, table) => {
    const cases = table.map(([expression, answer]) => ({
      title: BSON.EJSON.stringify(expression as Document),
      expression,
      expected: canonical(answer),
    }));

    it.each(cases)('$title is $expected', async ({ expression, expected }) => {
      expect(await answerOf(() => evaluate(expression))).toBe(expected);
    });
  });

  it('are the same in a filter, with variables', async () => {
    const found = (filter: Document, options = {}) => items.find(filter, options).toArray();

    expect(await found({ $expr: { $eq: ['$absent', null] } })).toHaveLength(0);
    expect(await found({ $expr: { $lt: ['$absent', 5] } })).toHaveLength(1);
    const options = { let: { seven: { $add: [3, 4] }, text: { $literal: '$i' } } };
    expect(await found({ $expr: { $eq: ['$i', '$$seven'] } }, options)).toHaveLength(1);
    expect(await found({ $expr: { $eq: ['$i', '$$text'] } }, options)).toHaveLength(0);
    const projection = { _id: 0, r: { $concat: ['$$text', '!'] } };
    expect(await found({}, { ...options, projection })).toEqual([{ r: '$i!' }]);
    const wrong = { let: { a: '$i' } };
    expect(await answerOf(() => found({}, wrong))).toBe('error 4890500');
  });
});
