import type { Document } from 'mongodb';
import { date, decimal, double, error, int, long } from '../support/typed.js';

export interface StageCase {
  name: string;
  documents: Document[];
  others?: Document[];
  pipeline: Document[];
  /** The documents that come out, or an error. */
  answer: unknown;
}

const THREE = [1, 2, 3].map((n) => ({ _id: int(n), a: int(n) }));
const NESTED = [
  {
    _id: int(1),
    a: [{ b: int(1), c: int(2) }, int(5), [{ b: int(3) }]],
    d: { e: int(1), f: int(2) },
  },
];

export const SHAPING: StageCase[] = [
  {
    name: '$project includes in the order of the document, in arrays as well',
    documents: NESTED,
    pipeline: [{ $project: { 'd.f': 1, 'a.b': 1 } }],
    answer: [{ _id: int(1), a: [{ b: int(1) }, [{ b: int(3) }]], d: { f: int(2) } }],
  },
  {
    name: '$project excludes',
    documents: NESTED,
    pipeline: [{ $project: { _id: 0, 'a.b': 0, d: { e: 0 } } }],
    answer: [{ a: [{ c: int(2) }, int(5), [{}]], d: { f: int(2) } }],
  },
  {
    name: '$project of _id alone',
    documents: THREE.slice(0, 1),
    pipeline: [{ $project: { _id: 0 } }],
    answer: [{ a: int(1) }],
  },
  {
    name: '$project computes, and leaves out what is missing',
    documents: THREE.slice(0, 1),
    pipeline: [{ $project: { a: 1, twice: { $multiply: ['$a', 2] }, none: '$nothing' } }],
    answer: [{ _id: int(1), a: int(1), twice: int(2) }],
  },
  {
    name: '$project puts a computed value into each document of an array',
    documents: [{ _id: int(1), a: [{ b: int(1) }, { b: int(2) }], n: int(7) }],
    pipeline: [{ $project: { 'a.n': '$n' } }],
    answer: [{ _id: int(1), a: [{ n: int(7) }, { n: int(7) }] }],
  },
  {
    name: '$addFields in place, in arrays, and in place of scalars',
    documents: [{ _id: int(1), x: int(1), arr: [{ q: int(1) }, int(5)], s: 'text' }],
    pipeline: [{ $addFields: { x: long(9), 'arr.z': 2, s: { t: '$x' } } }],
    answer: [
      { _id: int(1), x: long(9), arr: [{ q: int(1), z: int(2) }, { z: int(2) }], s: { t: int(1) } },
    ],
  },
  {
    name: '$set removes a field whose value is missing',
    documents: THREE.slice(0, 1),
    pipeline: [{ $set: { a: '$nothing' } }],
    answer: [{ _id: int(1) }],
  },
  {
    name: '$unset of several paths',
    documents: NESTED,
    pipeline: [{ $unset: ['a', 'd.e'] }],
    answer: [{ _id: int(1), d: { f: int(2) } }],
  },
  {
    name: '$replaceRoot',
    documents: NESTED,
    pipeline: [{ $replaceRoot: { newRoot: '$d' } }],
    answer: [{ e: int(1), f: int(2) }],
  },
  {
    name: '$replaceWith of what is no document',
    documents: THREE,
    pipeline: [{ $replaceWith: '$a' }],
    answer: error(40228),
  },
];

export const SELECTING: StageCase[] = [
  {
    name: '$match after another stage, with $expr',
    documents: THREE,
    pipeline: [
      { $set: { b: { $add: ['$a', 1] } } },
      { $match: { b: { $gt: 2 }, $expr: { $lt: ['$b', 4] } } },
    ],
    answer: [{ _id: int(2), a: int(2), b: int(3) }],
  },
  {
    name: '$sort across types, then $skip and $limit',
    documents: [
      { _id: int(1), v: 'x' },
      { _id: int(2), v: int(5) },
      { _id: int(3) },
      { _id: int(4), v: [int(9)] },
    ],
    pipeline: [
      { $set: { w: 1 } },
      { $sort: { v: 1 } },
      { $skip: 1 },
      { $limit: 2 },
      { $unset: 'w' },
    ],
    answer: [
      { _id: int(2), v: int(5) },
      { _id: int(4), v: [int(9)] },
    ],
  },
  {
    name: '$limit before $skip',
    documents: THREE,
    pipeline: [{ $sort: { _id: 1 } }, { $limit: 2 }, { $skip: 1 }],
    answer: [{ _id: int(2), a: int(2) }],
  },
  {
    name: '$count',
    documents: THREE,
    pipeline: [{ $project: { a: 1 } }, { $count: 'n' }],
    answer: [{ n: int(3) }],
  },
  {
    name: '$count of nothing',
    documents: THREE,
    pipeline: [{ $match: { a: 9 } }, { $project: { a: 1 } }, { $count: 'n' }],
    answer: [],
  },
  {
    name: '$unwind leaves out what holds nothing',
    documents: [
      { _id: int(1), a: [int(1), int(2)] },
      { _id: int(2), a: [] },
      { _id: int(3) },
      { _id: int(4), a: int(7) },
    ],
    pipeline: [{ $unwind: '$a' }],
    answer: [
      { _id: int(1), a: int(1) },
      { _id: int(1), a: int(2) },
      { _id: int(4), a: int(7) },
    ],
  },
  {
    name: '$unwind keeps it when told, with an index',
    documents: [
      { _id: int(1), a: [int(5)] },
      { _id: int(2), a: [] },
      { _id: int(3), a: null },
      { _id: int(4), a: int(7) },
    ],
    pipeline: [
      { $unwind: { path: '$a', includeArrayIndex: 'o.i', preserveNullAndEmptyArrays: true } },
    ],
    answer: [
      { _id: int(1), a: int(5), o: { i: long(0) } },
      { _id: int(2), o: { i: null } },
      { _id: int(3), a: null, o: { i: null } },
      { _id: int(4), a: int(7), o: { i: null } },
    ],
  },
  {
    name: '$sample of more than there is',
    documents: THREE,
    pipeline: [{ $sample: { size: 9 } }, { $sort: { _id: 1 } }],
    answer: THREE,
  },
];

const SALES = [
  {
    _id: int(1),
    k: 'a',
    n: int(1),
    l: long('9007199254740993'),
    at: date('2024-01-01T00:00:00.000Z'),
  },
  { _id: int(2), k: 'b', n: double(2.5), l: int(1) },
  { _id: int(3), k: 'a', n: decimal('0.10'), l: int(1) },
];

export const GROUPING: StageCase[] = [
  {
    name: '$group sums with types',
    documents: SALES,
    pipeline: [
      { $group: { _id: '$k', n: { $sum: '$n' }, l: { $sum: '$l' } } },
      { $sort: { _id: 1 } },
    ],
    answer: [
      { _id: 'a', n: decimal('1.10'), l: long('9007199254740994') },
      { _id: 'b', n: double(2.5), l: int(1) },
    ],
  },
  {
    name: '$group takes 1, 1.0 and a decimal 1 for one key, and missing for null',
    documents: [{ a: int(1) }, { a: double(1) }, { a: decimal('1.0') }, { a: null }, {}],
    pipeline: [{ $group: { _id: '$a', n: { $count: {} } } }, { $sort: { n: 1 } }],
    answer: [
      { _id: null, n: int(2) },
      { _id: int(1), n: int(3) },
    ],
  },
  {
    name: '$group by a document',
    documents: [{ a: int(1) }, { a: long(1) }, {}],
    pipeline: [{ $group: { _id: { x: '$a' }, n: { $sum: 1 } } }, { $sort: { n: 1 } }],
    answer: [
      { _id: {}, n: int(1) },
      { _id: { x: int(1) }, n: int(2) },
    ],
  },
  {
    name: '$push and $addToSet leave missing out, $first and $last make it null',
    documents: [
      { _id: int(1) },
      { _id: int(2), a: int(1) },
      { _id: int(3), a: long(1) },
      { _id: int(4), a: null },
    ],
    pipeline: [
      { $sort: { _id: 1 } },
      {
        $group: {
          _id: null,
          p: { $push: '$a' },
          s: { $addToSet: '$a' },
          f: { $first: '$a' },
          l: { $last: '$_id' },
        },
      },
    ],
    answer: [{ _id: null, p: [int(1), long(1), null], s: [int(1), null], f: null, l: int(4) }],
  },
  {
    name: '$avg, $min, $max and deviations of nothing are null, $sum is 0',
    documents: [{ _id: int(1) }],
    pipeline: [
      {
        $group: {
          _id: 1,
          a: { $avg: '$x' },
          m: { $min: '$x' },
          M: { $max: '$x' },
          d: { $stdDevPop: '$x' },
          s: { $sum: '$x' },
        },
      },
    ],
    answer: [{ _id: int(1), a: null, m: null, M: null, d: null, s: int(0) }],
  },
  {
    name: '$sum of doubles keeps what additions round off',
    documents: [{ n: double(1e16) }, { n: double(1) }, { n: double(1) }, { n: double(-1e16) }],
    pipeline: [{ $group: { _id: null, s: { $sum: '$n' } } }],
    answer: [{ _id: null, s: double(2) }],
  },
  {
    name: '$mergeObjects accumulates',
    documents: [
      { _id: int(1), o: { a: int(1) } },
      { _id: int(2), o: { a: int(2), b: int(3) } },
      { _id: int(3) },
    ],
    pipeline: [{ $sort: { _id: 1 } }, { $group: { _id: null, o: { $mergeObjects: '$o' } } }],
    answer: [{ _id: null, o: { a: int(2), b: int(3) } }],
  },
  {
    name: '$sortByCount',
    documents: [{ k: 'x' }, { k: 'y' }, { k: 'y' }],
    pipeline: [{ $sortByCount: '$k' }],
    answer: [
      { _id: 'y', count: int(2) },
      { _id: 'x', count: int(1) },
    ],
  },
  {
    name: '$bucket',
    documents: THREE,
    pipeline: [
      { $bucket: { groupBy: '$a', boundaries: [0, 3, 6], output: { ids: { $push: '$_id' } } } },
    ],
    answer: [
      { _id: int(0), ids: [int(1), int(2)] },
      { _id: int(3), ids: [int(3)] },
    ],
  },
  {
    name: '$bucket with a default',
    documents: THREE,
    pipeline: [{ $bucket: { groupBy: '$a', boundaries: [0, 2], default: 'rest' } }],
    answer: [
      { _id: int(0), count: int(1) },
      { _id: 'rest', count: int(2) },
    ],
  },
  {
    name: '$bucket without a place',
    documents: THREE,
    pipeline: [{ $bucket: { groupBy: '$a', boundaries: [0, 2] } }],
    answer: error(40066),
  },
  {
    name: '$facet',
    documents: THREE,
    pipeline: [
      {
        $facet: {
          n: [{ $count: 'n' }],
          big: [{ $match: { a: { $gt: 2 } } }],
          none: [{ $match: { a: 9 } }],
        },
      },
    ],
    answer: [{ n: [{ n: int(3) }], big: [{ _id: int(3), a: int(3) }], none: [] }],
  },
];

const STOCK = [
  { _id: int(1), x: int(1) },
  { _id: int(2), x: [int(2), int(3)] },
  { _id: int(3), x: null },
  { _id: int(4) },
];
const join = (
  documents: Document[],
  as = 'j',
): Pick<StageCase, 'documents' | 'others' | 'pipeline'> => ({
  documents,
  others: STOCK,
  pipeline: [
    { $lookup: { from: 'others', localField: 'a', foreignField: 'x', as } },
    { $set: { [as]: `$${as}._id` } },
  ],
});

export const JOINING: StageCase[] = [
  {
    name: '$lookup across number types, and into arrays',
    ...join([
      { _id: int(1), a: double(1) },
      { _id: int(2), a: long(3) },
    ]),
    answer: [
      { _id: int(1), a: double(1), j: [int(1)] },
      { _id: int(2), a: long(3), j: [int(2)] },
    ],
  },
  {
    name: '$lookup from an array',
    ...join([{ _id: int(1), a: [int(1), int(2), int(7)] }]),
    answer: [{ _id: int(1), a: [int(1), int(2), int(7)], j: [int(1), int(2)] }],
  },
  {
    name: '$lookup from nothing finds null and missing',
    ...join([{ _id: int(1) }, { _id: int(2), a: [] }]),
    answer: [
      { _id: int(1), j: [int(3), int(4)] },
      { _id: int(2), a: [], j: [int(3), int(4)] },
    ],
  },
  {
    name: '$lookup to a path',
    documents: [{ _id: int(1), a: int(9) }],
    others: STOCK,
    pipeline: [{ $lookup: { from: 'others', localField: 'a', foreignField: 'x', as: 'p.q' } }],
    answer: [{ _id: int(1), a: int(9), p: { q: [] } }],
  },
  {
    name: '$lookup with a pipeline and variables',
    documents: THREE.slice(0, 2),
    others: STOCK,
    pipeline: [
      {
        $lookup: {
          from: 'others',
          let: { a: '$a' },
          pipeline: [
            { $match: { $expr: { $eq: ['$x', '$$a'] } } },
            { $project: { _id: 1, got: '$$a' } },
          ],
          as: 'j',
        },
      },
    ],
    answer: [
      { _id: int(1), a: int(1), j: [{ _id: int(1), got: int(1) }] },
      { _id: int(2), a: int(2), j: [] },
    ],
  },
  {
    name: '$lookup by a field and a pipeline',
    documents: THREE.slice(0, 1),
    others: STOCK,
    pipeline: [
      {
        $lookup: {
          from: 'others',
          localField: 'a',
          foreignField: 'x',
          pipeline: [{ $count: 'n' }],
          as: 'j',
        },
      },
    ],
    answer: [{ _id: int(1), a: int(1), j: [{ n: int(1) }] }],
  },
  {
    name: '$unionWith',
    documents: THREE.slice(0, 1),
    others: STOCK,
    pipeline: [{ $unionWith: { coll: 'others', pipeline: [{ $match: { x: 1 } }] } }],
    answer: [
      { _id: int(1), a: int(1) },
      { _id: int(1), x: int(1) },
    ],
  },
];
