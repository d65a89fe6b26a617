import { BSON } from 'mongodb';
import { bytes, decimal, double, long } from '../support/types.js';
import { type FilterCase, MISSING } from './filter-case.js';

const { BSONRegExp, MaxKey, MinKey, ObjectId, Timestamp } = BSON;
const id = new ObjectId('64a000000000000000000001');
const date = new Date('2024-02-29');

/** Filters that compare values, along paths and in arrays. */
export const FILTERS_BY_VALUE: readonly FilterCase[] = [
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
];
