import type { Document } from 'mongodb';

/** What is looked for, the values of `a` of documents 0, 1, 2…, the filter, and which of them it finds. */
export type FilterCase = readonly [
  string,
  readonly unknown[],
  Document,
  readonly number[] | string,
];

/** Stands for a document without `a`. */
export const MISSING = Symbol('missing');
