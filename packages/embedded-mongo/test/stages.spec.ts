import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Collection, type Document, BSON } from 'mongodb';
import { GROUPING, JOINING } from './cases/groups-and-joins.js';
import { STAGE_ERRORS } from './cases/stage-errors.js';
import { SELECTING, SHAPING, type StageCase } from './cases/stages.js';
import { type TestDatabase, openTestDatabase } from './support/server.js';
import { answerOf, canonical } from './support/typed.js';

const TABLES: [string, StageCase[]][] = [
  ['shape documents', SHAPING],
  ['select documents', SELECTING],
  ['group documents', GROUPING],
  ['join collections', JOINING],
];

describe('stages', () => {
  let database: TestDatabase;
  let items: Collection;
  let others: Collection;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection('items');
    others = database.db.collection('others');
  });
  beforeEach(async () => {
    await items.deleteMany({});
    await others.deleteMany({});
  });
  afterAll(() => database.close());

  describe.each(TABLES)('that %s', (_name, table) => {
    it.each(table)('$name', async ({ documents, others: rest = [], pipeline, answer }) => {
      await items.insertMany(documents.map((doc) => ({ ...doc })));
      if (rest.length > 0) await others.insertMany(rest.map((doc) => ({ ...doc })));

      expect(await answerOf(() => items.aggregate<Document>(pipeline).toArray())).toBe(
        canonical(answer),
      );
    });
  });

  it.each(
    STAGE_ERRORS.map(([stage, code]) => ({ title: BSON.EJSON.stringify(stage), stage, code })),
  )('refuse $title with $code, also without documents', async ({ stage, code }) => {
    const answer = await answerOf(() => items.aggregate([stage]).toArray());

    expect(answer).toBe(`error ${code}`);
  });

  it('take variables, which are no paths', async () => {
    await items.insertOne({ _id: 1 as never });
    const options = { let: { bar: { $literal: '$bar' }, sum: { $add: [1, 2] } } };
    const result = await items
      .aggregate([{ $project: { text: '$$bar', sum: '$$sum' } }], options)
      .toArray();

    expect(canonical(result)).toBe(
      '[{"_id":{"$numberInt":"1"},"text":"$bar","sum":{"$numberInt":"3"}}]',
    );
  });

  it('give many documents through a cursor, in batches', async () => {
    await items.insertMany(Array.from({ length: 500 }, (_, n) => ({ _id: n as never, n })));
    const cursor = items.aggregate([{ $set: { m: { $add: ['$n', 1] } } }], { batchSize: 7 });
    const seen: unknown[] = [];
    for await (const doc of cursor) seen.push(Number(doc['m']));

    expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  });
});
