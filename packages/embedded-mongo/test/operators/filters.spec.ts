import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BSON, type Collection, type Document } from 'mongodb';
import { type TestDatabase, openTestDatabase } from '../support/server.js';
import { bytes, decimal, double, long, outcome } from '../support/types.js';

const { BSONRegExp, MaxKey, MinKey, ObjectId, Timestamp } = BSON;

interface Item extends Document {
  _id: number;
}

/** What is looked for, the values of `a` of documents 0, 1, 2…, the filter, and which of them it finds. */
type Row = readonly [string, readonly unknown[], Document, readonly number[] | string];

const MISSING = Symbol('missing');
const id = new ObjectId('64a000000000000000000001');
const date = new Date('2024-02-29');

const ROWS: readonly Row[] = [
  // Equality
  [
    '1 of any number type',
    [1, long(1), double(1), decimal('1'), '1', true],
    { a: 1 },
    [0, 1, 2, 3],
  ],
  [
    'a decimal that no double is',
    [double(0.1), decimal('0.1'), decimal('0.10')],
    { a: decimal('0.1') },
    [1, 2],
  ],
  [
    'a double that no decimal written short is',
    [double(0.1), decimal('0.1')],
    { a: double(0.1) },
    [0],
  ],
  [
    'a long past 2^53',
    [long('9007199254740993'), double(2 ** 53), long('9007199254740992')],
    { a: long('9007199254740993') },
    [0],
  ],
  ['null and missing', [null, MISSING, 0, '', [], [null], [[]]], { a: null }, [0, 1, 5]],
  ['a scalar in an array, not deeper', [1, [1], [[1]], [2, 1], { b: 1 }], { a: 1 }, [0, 1, 3]],
  [
    'an array as a whole or as an element',
    [[1, 2], [[1, 2]], [2, 1], [1, 2, 3], [[[1, 2]]]],
    { a: [1, 2] },
    [0, 1],
  ],
  [
    'a document with its fields in order',
    [{ x: 1, y: 2 }, { y: 2, x: 1 }, { x: 1 }, { x: double(1), y: 2 }],
    { a: { x: 1, y: 2 } },
    [0, 3],
  ],
  ['true, which is not 1', [true, 1, 'true'], { a: true }, [0]],
  ['NaN, which equals itself', [double(NaN), decimal('NaN'), 0, null], { a: double(NaN) }, [0, 1]],
  ['negative zero', [0, double(-0), decimal('-0')], { a: 0 }, [0, 1, 2]],
  [
    'an ObjectId, a date, a timestamp, bytes',
    [id, date, new Timestamp({ t: 1, i: 1 }), bytes(1)],
    { a: { $in: [id, date, new Timestamp({ t: 1, i: 1 }), bytes(1)] } },
    [0, 1, 2, 3],
  ],
  [
    '$eq with a pattern: the pattern itself',
    ['abc', new BSONRegExp('b'), 'b'],
    { a: { $eq: new BSONRegExp('b') } },
    [1],
  ],
  [
    'the fields of a DBRef',
    [
      { $ref: 'c', $id: 7 },
      { $ref: 'c', $id: 8 },
    ],
    { 'a.$id': 7 },
    [0],
  ],
  [
    'a DBRef with a dot in its collection',
    [
      { $ref: 'x.y', $id: 7 },
      { $ref: 'y', $id: 7 },
    ],
    { 'a.$ref': 'x.y' },
    [0],
  ],
  [
    'a whole DBRef',
    [
      { $ref: 'c', $id: 7 },
      { $id: 7, $ref: 'c' },
    ],
    { a: { $ref: 'c', $id: 7 } },
    [0],
  ],
  ['$ne, the rest', [1, [1], [2], null, MISSING], { a: { $ne: 1 } }, [2, 3, 4]],
  ['$nin, the rest', [1, 'x', null, MISSING, [1]], { a: { $nin: [1, null] } }, [1]],
  [
    '$in with null and a pattern',
    ['abc', MISSING, null, 'x'],
    { a: { $in: [null, /^a/] } },
    [0, 1, 2],
  ],
  ['$in of arrays', [[1], [[1]], 1], { a: { $in: [[1]] } }, [0, 1]],
  // Order
  [
    '$gt within its type alone',
    [3, long(3), double(2.5), decimal('2.5'), '3', true, null, MISSING],
    { a: { $gt: 2 } },
    [0, 1, 2, 3],
  ],
  [
    '$gt of a double below a decimal',
    [decimal('0.1'), double(0.1), decimal('0.2')],
    { a: { $gt: decimal('0.1') } },
    [1, 2],
  ],
  [
    '$gte of a long between doubles',
    [double(2 ** 53), long('9007199254740993'), double(2 ** 53 + 2)],
    { a: { $gte: long('9007199254740993') } },
    [1, 2],
  ],
  ['$gte null: null and missing', [null, MISSING, 0], { a: { $gte: null } }, [0, 1]],
  ['$lt null: nothing', [null, MISSING, 0], { a: { $lt: null } }, []],
  ['$lt with NaN', [double(NaN), 1, double(-Infinity)], { a: { $lt: 2 } }, [1, 2]],
  ['$lte NaN: NaN', [double(NaN), 1], { a: { $lte: double(NaN) } }, [0]],
  ['$gt of an array, as a whole', [[1, 2], [1, 3], 5, [[1, 3]]], { a: { $gt: [1, 2] } }, [1, 3]],
  [
    '$gt MinKey, $lt MaxKey',
    [1, 'x', new MinKey(), new MaxKey()],
    { a: { $gt: new MinKey(), $lt: new MaxKey() } },
    [0, 1],
  ],
  ['two bounds, met by two elements', [[1, 10], [5], [20]], { a: { $gt: 4, $lt: 6 } }, [0, 1]],
  ['text by its bytes', ['Z', 'a', 'é', '𐀀', '｡'], { a: { $gt: 'é' } }, [3, 4]],
  ['bytes by length first', [bytes(9), bytes(1, 1), bytes(1)], { a: { $gt: bytes(9) } }, [1]],
  ['booleans', [false, true, 0, 1], { a: { $lt: true } }, [0]],
  // Paths
  [
    'a path through documents in arrays',
    [{ b: 1 }, [{ b: 2 }, { b: 1 }], [[{ b: 1 }]], [1]],
    { 'a.b': 1 },
    [0, 1],
  ],
  ['null at a path', [{ b: null }, {}, [], [{}], 5, { b: [] }], { 'a.b': null }, [0, 1, 3, 4]],
  ['a position', [[1, 2], [2, 1], { 0: 1 }], { 'a.0': 1 }, [0, 2]],
  ['a position that holds an array: it as a whole', [[[1, 2]], [[1]], [1]], { 'a.0': 1 }, [2]],
  ['a position that is an array', [[[1, 2]], [1, 2], [[[1, 2]]]], { 'a.0': [1, 2] }, [0]],
  ['a position of a position', [[[1, 2]], [[2, 1]], [1, 2]], { 'a.0.1': 2 }, [0]],
  ['a path behind a position that is an array', [[[{ b: 1 }]], [{ b: 1 }]], { 'a.0.b': 1 }, [0, 1]],
  [
    'a step that only looks like a position',
    [[1], { '01': 1 }, [{ '01': 1 }]],
    { 'a.01': 1 },
    [1, 2],
  ],
  ['a field that arrays have in JavaScript', [[1], { length: 1 }, 'x'], { 'a.length': 1 }, [1]],
  // Elements
  [
    '$elemMatch on values',
    [[1, 5], [10], [3, 4], 5],
    { a: { $elemMatch: { $gte: 3, $lt: 5 } } },
    [2],
  ],
  [
    '$elemMatch, and not on elements of elements',
    [[[0]], [0], [[[0]]]],
    { a: { $elemMatch: { $gte: 0 } } },
    [1],
  ],
  [
    '$elemMatch in $elemMatch',
    [[[1, 9]], [9], [[1]]],
    { a: { $elemMatch: { $elemMatch: { $gt: 5 } } } },
    [0],
  ],
  [
    '$elemMatch on documents',
    [
      [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
      [{ x: 1, y: 2 }],
    ],
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [1],
  ],
  [
    '$elemMatch by position on an array of arrays',
    [[[1, 2]], [[2, 1]], [1]],
    { a: { $elemMatch: { 0: 1 } } },
    [0],
  ],
  [
    '$elemMatch of what only JavaScript sees',
    [[[1, 2]], [{ length: 2 }]],
    { a: { $elemMatch: { length: 2 } } },
    [1],
  ],
  [
    '$elemMatch with $or',
    [[{ x: 1 }], [{ y: 1 }], [{ z: 1 }]],
    { a: { $elemMatch: { $or: [{ x: 1 }, { y: 1 }] } } },
    [0, 1],
  ],
  ['$elemMatch with $nin', [[1], [1, 2], []], { a: { $elemMatch: { $nin: [1] } } }, [1]],
  ['$elemMatch of an array as element', [[[1]], [1]], { a: { $elemMatch: { $eq: [1] } } }, [0]],
  ['$all', [[1, 2, 3], [1], 1, [[1, 2]], [2, 1]], { a: { $all: [1, 2] } }, [0, 4]],
  ['$all of one, on a scalar', [1, [1], 2], { a: { $all: [1] } }, [0, 1]],
  ['$all of an array', [[1, 2], [[1, 2]], [[1, 2], 3]], { a: { $all: [[1, 2]] } }, [0, 1, 2]],
  ['$all of nothing', [[], [1], null], { a: { $all: [] } }, []],
  [
    '$all of $elemMatch',
    [[{ x: 1 }, { x: 2 }], [{ x: 1 }]],
    { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
    [0],
  ],
  ['$size', [[], [1], [[1, 2]], 'x', MISSING], { a: { $size: 1 } }, [1, 2]],
  ['$size of a long', [[1, 2], [1]], { a: { $size: long(2) } }, [0]],
  // Types
  ['$type int', [1, long(1), double(1), decimal('1'), [1], '1'], { a: { $type: 'int' } }, [0, 4]],
  [
    '$type number',
    [1, long(1), double(1), decimal('1'), [1], '1'],
    { a: { $type: 'number' } },
    [0, 1, 2, 3, 4],
  ],
  ['$type array, at the field itself', [[], [1], [[1]], 1], { a: { $type: 'array' } }, [0, 1, 2]],
  [
    '$type by several codes',
    ['x', 1, true, null, MISSING],
    { a: { $type: [2, 'bool', double(10)] } },
    [0, 2, 3],
  ],
  ['$exists', [null, MISSING, [], 0], { a: { $exists: true } }, [0, 2, 3]],
  [
    '$exists false, at a path',
    [{ b: 1 }, {}, [], [{ b: 1 }, {}], 5],
    { 'a.b': { $exists: false } },
    [1, 2, 4],
  ],
  // Numbers
  [
    '$mod over every number type',
    [4, long(4), double(4.9), decimal('4.9'), 5, '4', null],
    { a: { $mod: [4, 0] } },
    [0, 1, 2, 3],
  ],
  ['$mod of negatives', [-3, 3, -4], { a: { $mod: [2, -1] } }, [0]],
  [
    '$mod of a long past 2^53',
    [long('9007199254740993'), double(2 ** 53)],
    { a: { $mod: [2, 1] } },
    [0],
  ],
  [
    '$mod leaves out what has no whole part',
    [double(Infinity), double(NaN), double(1e300)],
    { a: { $mod: [1, 0] } },
    [],
  ],
  [
    '$bitsAllSet with a number',
    [3, 7, 4, long(3), double(3), double(3.5), '3'],
    { a: { $bitsAllSet: 3 } },
    [0, 1, 3, 4],
  ],
  ['$bitsAllClear with positions', [4, 5, 0], { a: { $bitsAllClear: [0, 1] } }, [0, 2]],
  ['$bitsAnySet with bytes', [1, 256, 2], { a: { $bitsAnySet: bytes(0, 1) } }, [1]],
  ['$bitsAnyClear', [3, 1], { a: { $bitsAnyClear: 3 } }, [1]],
  [
    '$bitsAllSet past 2^53',
    [long('9007199254740993'), double(2 ** 53)],
    { a: { $bitsAllSet: [0, 53] } },
    [0],
  ],
  [
    '$bitsAllSet on negatives, whose sign goes on',
    [-1, -2, 1],
    { a: { $bitsAllSet: [0, 200] } },
    [0],
  ],
  [
    '$bitsAllSet on bytes, least byte first',
    [bytes(0, 1), bytes(1, 0), bytes(1)],
    { a: { $bitsAllSet: [8] } },
    [0],
  ],
  [
    '$bitsAllClear on bytes, past their end',
    [bytes(0xff), bytes()],
    { a: { $bitsAllClear: [8, 90] } },
    [0, 1],
  ],
  // Patterns
  ['$regex with $options', ['ABC', 'xabc', 'b', 5], { a: { $regex: '^ab', $options: 'i' } }, [0]],
  ['$regex over lines', ['x\nab', 'xab'], { a: { $regex: '^ab', $options: 'm' } }, [0]],
  [
    '$regex whose $ is before a last line feed',
    ['ab', 'ab\n', 'ab\nc', 'ab\n\n'],
    { a: /ab$/ },
    [0, 1],
  ],
  ['$regex with the ends that PCRE has', ['ab', 'ab\n', 'xab'], { a: { $regex: '\\Aab\\z' } }, [0]],
  ['$not of a pattern', ['abc', 'x', null, MISSING], { a: { $not: /^a/ } }, [1, 2, 3]],
  ['$regex that ignores case', ['ABC', 'abc', 'ΣΑΣ', 'b'], { a: /^(AB|σας)/i }, [0, 1, 2]],
  ['$regex with a range across the cases', ['_', 'q', 'Q', '1'], { a: /^[A-z]$/i }, [0, 1, 2]],
  [
    '$regex with POSIX classes and a bracket first',
    ['x1', ']1', '11'],
    { a: { $regex: '^[][:alpha:]]\\d' } },
    [0, 1],
  ],
  [
    '$regex with named groups, comments and blanks',
    ['aa', 'ab'],
    { a: { $regex: '(?P<x>.) (?P=x) # twice', $options: 'x' } },
    [0],
  ],
  [
    '$regex that goes back without end',
    ['a'.repeat(100), `${'a'.repeat(5_000)}!`],
    { a: /^(a+)+$/ },
    [0],
  ],
  [
    '$regex that does so and ignores case',
    ['A'.repeat(100), `${'A'.repeat(5_000)}!`],
    { a: /^(a+)+$/i },
    [0],
  ],
  // Logic
  [
    '$not keeps what it cannot compare',
    [1, 5, 'x', MISSING],
    { a: { $not: { $gt: 2 } } },
    [0, 2, 3],
  ],
  ['$nor', [1, 2, 3], { $nor: [{ a: 1 }, { a: 3 }] }, [1]],
  ['$and on one path', [[1, 2], [1]], { $and: [{ a: 1 }, { a: 2 }] }, [0]],
  ['$comment says nothing', [1, 2], { a: { $eq: 1, $comment: 'x' }, $comment: 'y' }, [0]],
  // What is wrong
  ['an unknown operator', [1], { a: { $foo: 1 } }, 'error 2'],
  ['an unknown operator at the top', [1], { $foo: 1 }, 'error 2'],
  ['operators beside fields', [1], { a: { $gt: 1, b: 1 } }, 'error 2'],
  ['$in without an array', [1], { a: { $in: 1 } }, 'error 2'],
  ['$in of operators', [1], { a: { $in: [{ $gt: 1 }] } }, 'error 2'],
  ['$not of a value', [1], { a: { $not: 1 } }, 'error 2'],
  ['$size below zero', [1], { a: { $size: -1 } }, 'error 2'],
  ['$mod by zero', [1], { a: { $mod: [0, 1] } }, 'error 2'],
  ['$type of nothing known', [1], { a: { $type: 'foo' } }, 'error 2'],
  ['$type of a boolean', [1], { a: { $type: true } }, 'error 14'],
  ['$bitsAllSet below zero', [1], { a: { $bitsAllSet: -1 } }, 'error 2'],
  ['$bitsAllSet at half a position', [1], { a: { $bitsAllSet: [double(0.5)] } }, 'error 2'],
  [
    '$all of $elemMatch and a value',
    [1],
    { a: { $all: [{ $elemMatch: { x: 1 } }, 1] } },
    'error 2',
  ],
  ['$expr below the top', [1], { a: { $elemMatch: { $expr: true } } }, 'error 2'],
  ['an empty $or', [1], { $or: [] }, 'error 2'],
];

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

    it.each(ROWS)('%s', async (_what, values, filter, found) => {
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
    });
  });

  it('takes a number for a position and for a field, but not in an index', async () => {
    const both = database.db.collection<Item>('positions');
    await both.insertOne({ _id: 1, a: [{ 0: 1 }] });

    expect(Number(await both.countDocuments({ 'a.0': 1 }))).toBe(1);
    expect(await outcome(() => both.createIndex({ 'a.0': 1 }))).toBe('error 16746');
  });
});
