import { describe, expect, it } from '@jest/globals';
import { expectedRevisions } from './if-match.decorator.js';
import { revisionFilter } from './revision-filter.js';

describe('expectedRevisions', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', [3]],
    ['"3", "0"', [3, 0]],
    ['W/"3"', []],
    ['"03", "-1", "3x", "", "1.5", "1e3", "NaN", "99999999999999999999", "4"', [4]],
  ])('of %s are %j', (header, revisions) => {
    expect(expectedRevisions(header)).toEqual(revisions);
  });

  it.each(['3', '"3', ''])('are refused for %j, which names none', (header) => {
    expect(() => expectedRevisions(header)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        errors: [{ field: 'If-Match', message: expect.any(String) }],
      }),
    );
  });
});

describe('revisionFilter', () => {
  it.each([
    [undefined, {}],
    [[], { revision: { $in: [] } }],
    [[2, 5], { revision: { $in: [2, 5] } }],
    [[0], { $or: [{ revision: { $in: [0] } }, { revision: { $exists: false } }] }],
  ])('of %j takes no revision for 0', (expected, filter) => {
    expect(revisionFilter(expected)).toEqual(filter);
  });
});
