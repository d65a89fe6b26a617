import type { Document } from 'mongodb';
import { error, int, long } from '../support/typed.js';

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
