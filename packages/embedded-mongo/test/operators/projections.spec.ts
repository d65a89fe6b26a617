import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Document } from 'mongodb';
import { type TestDatabase, openTestDatabase } from '../support/server.js';
import { expected, outcome } from '../support/types.js';

/** What is shown, the document without its `_id`, the projection, the filter, and what is seen, or an error. */
type Row = readonly [string, Document, Document, Document, Document | string];

const ROWS: readonly Row[] = [
  [
    'what is named, in the order it is stored',
    { b: 1, a: 2, c: 3 },
    { a: 1, b: 1, _id: 0 },
    {},
    { b: 1, a: 2 },
  ],
  ['what is not left out', { a: 1, b: 2 }, { a: 0, _id: 0 }, {}, { b: 2 }],
  ['no field that is not there', { a: 1 }, { b: 1, _id: 0 }, {}, {}],
  [
    'a path into documents in arrays, without their scalars',
    { a: [{ b: 1, c: 2 }, 5, [{ b: 3 }, 6], {}] },
    { 'a.b': 1, _id: 0 },
    {},
    { a: [{ b: 1 }, [{ b: 3 }], {}] },
  ],
  ['no scalar below which a path leads', { a: 5, d: 1 }, { 'a.b': 1, d: 1, _id: 0 }, {}, { d: 1 }],
  [
    'all but a path in documents in arrays',
    { a: [{ b: 1, c: 2 }, 5, [{ b: 3 }]] },
    { 'a.b': 0, _id: 0 },
    {},
    { a: [{ c: 2 }, 5, [{}]] },
  ],
  ['a nested projection', { a: { b: 1, c: 2 } }, { a: { b: 1 }, _id: 0 }, {}, { a: { b: 1 } }],
  [
    'null as null',
    { a: null, b: { c: null } },
    { a: 1, 'b.c': 1, _id: 0 },
    {},
    { a: null, b: { c: null } },
  ],
  [
    'a field of a DBRef',
    { r: { $ref: 'c', $id: 7 } },
    { 'r.$id': 1, _id: 0 },
    {},
    { r: { $id: 7 } },
  ],
  [
    'a DBRef with its fields as they are',
    { r: { $ref: 'c', $id: 7, more: 1 }, x: 1 },
    { 'r.more': 0, _id: 0 },
    {},
    { r: { $ref: 'c', $id: 7 }, x: 1 },
  ],
  [
    '$slice alone: all the rest too',
    { x: 1, a: [1, 2, 3], y: 2 },
    { a: { $slice: 2 }, _id: 0 },
    {},
    { x: 1, a: [1, 2], y: 2 },
  ],
  [
    '$slice first in an inclusion',
    { x: 1, a: [1, 2, 3], y: 2 },
    { a: { $slice: 2 }, x: 1, _id: 0 },
    {},
    { x: 1, a: [1, 2] },
  ],
  [
    '$slice last in an inclusion',
    { x: 1, a: [1, 2, 3], y: 2 },
    { x: 1, a: { $slice: -1 }, _id: 0 },
    {},
    { x: 1, a: [3] },
  ],
  [
    '$slice in an exclusion',
    { x: 1, a: [1, 2, 3], y: 2 },
    { a: { $slice: [1, 1] }, x: 0, _id: 0 },
    {},
    { a: [2], y: 2 },
  ],
  [
    '$slice from the end, with a count',
    { a: [1, 2, 3, 4] },
    { a: { $slice: [-3, 2] }, _id: 0 },
    {},
    { a: [2, 3] },
  ],
  ['$slice beyond the end', { a: [1, 2] }, { a: { $slice: [5, 2] }, _id: 0 }, {}, { a: [] }],
  ['$slice of no array', { a: 5 }, { a: { $slice: 1 }, _id: 0 }, {}, { a: 5 }],
  [
    '$slice at a path',
    { a: { b: [1, 2], c: 3 } },
    { 'a.b': { $slice: 1 }, _id: 0 },
    {},
    { a: { b: [1], c: 3 } },
  ],
  [
    '$elemMatch: the first that matches',
    { a: [{ k: 1 }, { k: 2, v: 1 }, { k: 2, v: 2 }], b: 1 },
    { a: { $elemMatch: { k: 2 } }, _id: 0 },
    {},
    { a: [{ k: 2, v: 1 }] },
  ],
  [
    '$elemMatch that none matches',
    { a: [{ k: 1 }] },
    { a: { $elemMatch: { k: 2 } }, _id: 0 },
    {},
    {},
  ],
  [
    '$elemMatch on values',
    { a: [1, 5, 9] },
    { a: { $elemMatch: { $gt: 3 } }, _id: 0 },
    {},
    { a: [5] },
  ],
  [
    '$elemMatch, and not on elements of elements',
    { a: [[5], 6] },
    { a: { $elemMatch: { $gt: 3 } }, _id: 0 },
    {},
    { a: [6] },
  ],
  [
    'the element that the filter met',
    { a: [{ k: 1 }, { k: 2 }], b: 1 },
    { 'a.$': 1, _id: 0 },
    { 'a.k': 2 },
    { a: [{ k: 2 }] },
  ],
  ['inclusion and exclusion', { a: 1 }, { a: 1, b: 0 }, {}, 'error 31254'],
  ['exclusion and inclusion', { a: 1 }, { a: 0, b: 1 }, {}, 'error 31253'],
  ['a path and one below it', { a: 1 }, { a: 1, 'a.b': 1 }, {}, 'error 31249'],
  ['a field without a name', { a: 1 }, { '': 1 }, {}, 'error 40352'],
  ['a path with a gap', { a: 1 }, { 'a..b': 1 }, {}, 'error 15998'],
  ['a field with a dollar', { a: 1 }, { 'a.$b': 1 }, {}, 'error 16410'],
  ['$slice with a count of nothing', { a: [1] }, { a: { $slice: [0, 0] } }, {}, 'error 28724'],
  ['$slice with a text', { a: [1] }, { a: { $slice: 'x' } }, {}, 'error 28667'],
];

describe('projections, by the manual', () => {
  let database: TestDatabase;
  let items: Collection;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection('projections');
  });
  afterAll(() => database.close());
  beforeEach(() => items.deleteMany({}));

  it.each(ROWS)('show %s', async (_what, document, projection, filter, seen) => {
    await items.insertOne({ ...document });

    expect(await outcome(() => items.findOne(filter, { projection }))).toEqual(expected(seen));
  });
});
