import type { Document } from 'mongodb';
import { bytes, date, decimal, double, int, long, oid, timestamp } from '../support/typed.js';

/** An expression and what MongoDB gives for it: by its manual, and with its types. */
export type ExpressionCase = [expression: unknown, answer: unknown];

/** The document that the expressions read. */
export const DOCUMENT: Document = {
  _id: int(1),
  i: int(7),
  l: long(5),
  d: double(2),
  h: double(2.5),
  dec: decimal('1.10'),
  big: long('9007199254740993'),
  max: long('9223372036854775807'),
  nan: double(NaN),
  n: null,
  t: true,
  s: 'Héllo wörld',
  ascii: 'Hello World',
  emoji: 'a\u{1F600}b',
  id: oid('64a000000000000000000001'),
  when: date('2024-02-29T13:14:15.678Z'),
  stamp: timestamp(1_700_000_000, 3),
  bin: bytes(1, 2, 3),
  arr: [int(3), int(1), int(2)],
  mix: [int(1), 'x', null],
  docs: [{ a: int(1) }, { a: int(2), b: 'x' }, int(5), { b: 'y' }],
  nested: [[{ a: int(1) }]],
  o: { x: int(1), y: { z: long(2) } },
};
