import type { ExpectedRevisions } from './if-match.decorator.js';

interface OneOf {
  revision?: { $in: number[] };
}

/** The part of a filter by which the database changes nothing but what has one of these revisions. No field is revision 0. */
export function revisionFilter(
  expected: ExpectedRevisions,
): OneOf & { $or?: (OneOf | { revision: { $exists: false } })[] } {
  if (expected === undefined) return {};
  const isOne = { revision: { $in: [...expected] } };
  return expected.includes(0) ? { $or: [isOne, { revision: { $exists: false } }] } : isOne;
}
