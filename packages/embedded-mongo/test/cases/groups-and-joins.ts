import type { Document } from 'mongodb';
import { date, decimal, double, error, int, long } from '../support/typed.js';
import type { StageCase } from './stages.js';

const THREE = [1, 2, 3].map((n) => ({ _id: int(n), a: int(n) }));

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
