import type { ExpectedRevisions } from './if-match.decorator.js';

/** The part of a filter by which the database changes nothing but what has one of these revisions. No field is revision 0. */
export function revisionFilter(expected: ExpectedRevisions): {
  revision?: { $in: (number | null)[] };
} {
  if (expected === undefined) return {};
  return { revision: { $in: expected.includes(0) ? [...expected, null] : [...expected] } };
}
