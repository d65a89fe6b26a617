import { bytes, decimal, double, long } from '../support/types.js';
import { type FilterCase, MISSING } from './filter-case.js';

/** Filters that ask for types, numbers, patterns and logic, and wrong ones. */
export const FILTERS_BY_KIND: readonly FilterCase[] = [
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
