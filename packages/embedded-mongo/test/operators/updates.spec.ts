import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collection, Document, UpdateOptions } from 'mongodb';
import { type TestDatabase, openTestDatabase } from '../support/server.js';
import { decimal, double, expected, int, long, outcome } from '../support/types.js';

/** What is changed, the document without its `_id`, the update, and what it is then, or an error. */
type Row = readonly [string, Document, Document, Document | string, UpdateOptions?, Document?];

const UPDATES: readonly Row[] = [
  // Fields
  ['$set, new fields by name', { z: 1 }, { $set: { b: 1, a: 2 } }, { z: 1, a: 2, b: 1 }],
  ['$set through what is missing', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  [
    '$set of a field that starts with a dollar',
    { address: { $street: 'x' } },
    { $set: { 'address.$street': 'Elm Ave' } },
    { address: { $street: 'Elm Ave' } },
  ],
  [
    '$set beside a DBRef, which stays as it is',
    { r: { $ref: 'c', $id: 1, more: 2 } },
    { $set: { x: 1 } },
    { r: { $ref: 'c', $id: 1, more: 2 }, x: 1 },
  ],
  ['$set of a value with dollars', {}, { $set: { a: { $x: 1 } } }, { a: { $x: 1 } }],
  ['$set past the end of an array', { a: [1] }, { $set: { 'a.3': 2 } }, { a: [1, null, null, 2] }],
  ['$set changes the type', { a: 1 }, { $set: { a: long(1) } }, { a: long(1) }],
  ['$set through a scalar', { a: 5 }, { $set: { 'a.b': 1 } }, 'error 28'],
  ['$set through null', { a: null }, { $set: { 'a.b': 1 } }, 'error 28'],
  ['$set of a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 'error 28'],
  ['$set of a top field with a dollar', {}, { $set: { $a: 1 } }, 'error 52'],
  ['$set of an empty name', {}, { $set: { 'a.': 1 } }, 'error 56'],
  ['$set of another id', {}, { $set: { _id: 2 } }, 'error 66'],
  ['$set of two paths, one in the other', {}, { $set: { a: 1, 'a.b': 1 } }, 'error 40'],
  ['$unset', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
  [
    '$unset in an array leaves null',
    { a: [1, 2, 3] },
    { $unset: { 'a.1': '' } },
    { a: [1, null, 3] },
  ],
  ['$unset through a scalar does nothing', { a: 5 }, { $unset: { 'a.b': '' } }, { a: 5 }],
  ['$unset of the id', { a: 1 }, { $unset: { _id: '' } }, 'error 66'],
  ['$rename', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
  ['$rename over another', { a: 1, b: 2 }, { $rename: { a: 'b' } }, { b: 1 }],
  ['$rename to a path', { a: 1 }, { $rename: { a: 'b.c' } }, { b: { c: 1 } }],
  ['$rename of nothing', { b: 2 }, { $rename: { a: 'c' } }, { b: 2 }],
  ['$rename of the id', { a: 1 }, { $rename: { _id: 'b' } }, 'error 66'],
  ['$rename in an array', { a: [{ b: 1 }] }, { $rename: { 'a.0.b': 'c' } }, 'error 2'],
  ['$rename to itself', { a: 1 }, { $rename: { a: 'a' } }, 'error 2'],
  // Numbers
  ['$inc of an int', { a: 1 }, { $inc: { a: 2 } }, { a: 3 }],
  ['$inc past an int', { a: int(2147483647) }, { $inc: { a: 1 } }, { a: long('2147483648') }],
  ['$inc of an int by a long', { a: 1 }, { $inc: { a: long(2) } }, { a: long(3) }],
  ['$inc of a long by a double', { a: long(1) }, { $inc: { a: double(0.5) } }, { a: double(1.5) }],
  [
    '$inc past 2^53',
    { a: long('9007199254740993') },
    { $inc: { a: 1 } },
    { a: long('9007199254740994') },
  ],
  ['$inc past a long', { a: long('9223372036854775807') }, { $inc: { a: 1 } }, 'error 2'],
  ['$inc of nothing', {}, { $inc: { 'a.b': decimal('1.10') } }, { a: { b: decimal('1.10') } }],
  ['$inc of null', { a: null }, { $inc: { a: 1 } }, 'error 14'],
  ['$inc by a text', { a: 1 }, { $inc: { a: 'x' } }, 'error 14'],
  ['$mul', { a: 3 }, { $mul: { a: double(1.5) } }, { a: double(4.5) }],
  ['$mul of nothing: zero of that type', {}, { $mul: { a: long(3) } }, { a: long(0) }],
  ['$min across types', { a: 'x' }, { $min: { a: 5 } }, { a: 5 }],
  [
    '$min of what is equal leaves the type',
    { a: long(1) },
    { $min: { a: double(1) } },
    { a: long(1) },
  ],
  [
    '$max of a decimal above its double',
    { a: decimal('0.1') },
    { $max: { a: double(0.1) } },
    { a: double(0.1) },
  ],
  ['$max of nothing', {}, { $max: { a: 1 } }, { a: 1 }],
  ['$bit', { a: int(13) }, { $bit: { a: { and: int(10) } } }, { a: 8 }],
  [
    '$bit with a long',
    { a: int(1) },
    { $bit: { a: { or: long('4294967296') } } },
    { a: long('4294967297') },
  ],
  ['$bit of nothing', {}, { $bit: { a: { xor: int(5) } } }, { a: 5 }],
  ['$bit of a double', { a: double(1) }, { $bit: { a: { or: int(2) } } }, 'error 2'],
  // Arrays
  ['$push', { a: [1] }, { $push: { a: [2] } }, { a: [1, [2]] }],
  ['$push to nothing', {}, { $push: { 'a.b': 1 } }, { a: { b: [1] } }],
  [
    '$push: $position, $sort and $slice in their order',
    { a: [3, 1] },
    { $push: { a: { $each: [2, 5], $position: 0, $sort: 1, $slice: -3 } } },
    { a: [2, 3, 5] },
  ],
  [
    '$push before the last',
    { a: [1, 3] },
    { $push: { a: { $each: [2], $position: -1 } } },
    { a: [1, 2, 3] },
  ],
  [
    '$push, $sort by a field',
    { a: [{ x: 2 }] },
    { $push: { a: { $each: [{ x: 1 }, 5], $sort: { x: 1 } } } },
    { a: [5, { x: 1 }, { x: 2 }] },
  ],
  ['$push, $slice to nothing', { a: [1] }, { $push: { a: { $each: [2], $slice: 0 } } }, { a: [] }],
  ['$push onto a scalar', { a: 1 }, { $push: { a: 1 } }, 'error 2'],
  ['$addToSet by value and not by type', { a: [1] }, { $addToSet: { a: long(1) } }, { a: [1] }],
  ['$addToSet of several', { a: [1] }, { $addToSet: { a: { $each: [2, 1, 2] } } }, { a: [1, 2] }],
  [
    '$addToSet of documents in their order',
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  ['$pop of the last', { a: [1, 2] }, { $pop: { a: 1 } }, { a: [1] }],
  ['$pop of the first', { a: [1, 2] }, { $pop: { a: -1 } }, { a: [2] }],
  ['$pop of nothing', { b: 1 }, { $pop: { a: 1 } }, { b: 1 }],
  ['$pop at a position in an array', { a: [[1, 2]] }, { $pop: { 'a.0': 1 } }, { a: [[1]] }],
  ['$pop through a scalar', { a: 'x' }, { $pop: { 'a.b': 1 } }, 'error 28'],
  ['$pop through null', { a: null }, { $pop: { 'a.b': 1 } }, 'error 28'],
  ['$pop through an array', { a: [{ b: [1] }] }, { $pop: { 'a.b': 1 } }, 'error 28'],
  ['$pop of a scalar', { a: 'x' }, { $pop: { a: 1 } }, 'error 14'],
  ['$pop by two', { a: [1] }, { $pop: { a: 2 } }, 'error 9'],
  [
    '$pull of a value, whatever its type',
    { a: [1, long(1), 2, [1]] },
    { $pull: { a: double(1) } },
    { a: [2, [1]] },
  ],
  ['$pull by a condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  [
    '$pull by fields of documents',
    { a: [{ x: 1, y: 2 }, { x: 2 }, 5] },
    { $pull: { a: { x: 1 } } },
    { a: [{ x: 2 }, 5] },
  ],
  [
    '$pull of an array',
    {
      a: [
        [1, 2],
        [2, 1],
      ],
    },
    { $pull: { a: [1, 2] } },
    { a: [[2, 1]] },
  ],
  ['$pull of null', { a: [null, 1] }, { $pull: { a: null } }, { a: [1] }],
  ['$pull by a pattern', { a: ['ab', 'b'] }, { $pull: { a: /^a/ } }, { a: ['b'] }],
  ['$pull through a scalar', { a: 'x' }, { $pull: { 'a.b': 1 } }, 'error 28'],
  ['$pull through an array', { a: [{ b: [1] }] }, { $pull: { 'a.b': 1 } }, 'error 28'],
  ['$pull from a scalar', { a: 'x' }, { $pull: { a: 1 } }, 'error 2'],
  ['$pullAll', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ['$pullAll through a scalar', { a: 'x' }, { $pullAll: { 'a.b': [1] } }, 'error 28'],
  // Positions
  [
    'the element that the filter met',
    { a: [{ k: 1 }, { k: 2 }] },
    { $set: { 'a.$.v': 5 } },
    { a: [{ k: 1 }, { k: 2, v: 5 }] },
    {},
    { 'a.k': 2 },
  ],
  ['every element', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }],
  [
    'the elements of a filter',
    { a: [{ k: 1 }, { k: 2 }] },
    { $set: { 'a.$[x].v': 1 } },
    { a: [{ k: 1 }, { k: 2, v: 1 }] },
    { arrayFilters: [{ 'x.k': { $gt: 1 } }] },
  ],
  [
    'every element of every element',
    { a: [[1], [2, 3]] },
    { $mul: { 'a.$[].$[]': 2 } },
    { a: [[2], [4, 6]] },
  ],
  ['an element that no filter met', { a: [1] }, { $set: { 'a.$': 5 } }, 'error 2'],
  ['every element of a scalar', { a: 1 }, { $set: { 'a.$[]': 5 } }, 'error 2'],
  [
    'a filter that is not used',
    { a: [1] },
    { $set: { b: 5 } },
    'error 9',
    { arrayFilters: [{ x: 1 }] },
  ],
  ['an unknown operator', {}, { $foo: { a: 1 } }, 'error 9'],
];

type Upsert = readonly [string, Document, Document, Document | string];

const UPSERTS: readonly Upsert[] = [
  [
    'what the filter holds equal',
    { a: 1, 'b.c': 2, d: { $eq: 3 } },
    { $set: { q: 1 } },
    { a: 1, b: { c: 2 }, d: 3, q: 1 },
  ],
  [
    'the only choice of $in and of $or',
    { k: { $in: [1] }, $or: [{ m: 2 }] },
    { $set: { q: 1 } },
    { k: 1, m: 2, q: 1 },
  ],
  ['the only element of $all', { k: { $all: [1] } }, { $set: { q: 1 } }, { k: 1, q: 1 }],
  [
    'what $and holds equal',
    { $and: [{ a: 1 }, { $or: [{ b: 2 }] }] },
    { $set: { q: 1 } },
    { a: 1, b: 2, q: 1 },
  ],
  [
    'no choice of several, no range, no pattern',
    { k: { $in: [1, 2] }, m: { $gt: 1 }, n: { $in: [/x/] } },
    { $set: { q: 1 } },
    { q: 1 },
  ],
  ['$setOnInsert', { a: 1 }, { $set: { q: 1 }, $setOnInsert: { b: 2 } }, { a: 1, b: 2, q: 1 }],
  ['a field that is held equal twice', { a: 1, $and: [{ a: 1 }] }, { $set: { q: 1 } }, 'error 54'],
  ['an array as id', {}, { $set: { _id: [1] } }, 'error 53'],
  ['an id with a dollar', {}, { $set: { _id: { $x: 1 } } }, 'error 52'],
];

describe('updates, by the manual and by types', () => {
  let database: TestDatabase;
  let items: Collection;

  beforeAll(async () => {
    database = await openTestDatabase({ promoteValues: false });
    items = database.db.collection('updates');
  });
  afterAll(() => database.close());
  beforeEach(() => items.deleteMany({}));

  const stored = () => items.findOne({}, { projection: { _id: 0 } });

  it.each(UPDATES)('%s', async (...row) => {
    const [, document, update, after, options, filter = {}] = row;
    await items.insertOne({ _id: 1 as never, ...document });
    const act = async () => {
      await items.updateOne(filter, update, options);
      return stored();
    };

    expect(await outcome(act)).toEqual(expected(after));
  });

  it.each(UPSERTS)('an upsert stores %s', async (_what, filter, update, after) => {
    const act = async () => {
      await items.updateOne(filter, update, { upsert: true });
      return stored();
    };

    expect(await outcome(act)).toEqual(expected(after));
  });
});
