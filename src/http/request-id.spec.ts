import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from './request-id.js';

const MADE = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('requestIdOf', () => {
  it.each(['a', '7', 'order-17', 'A_b.c:d/e+f=g@h', 'x'.repeat(128)])(
    'takes what the caller says: %s',
    (id) => {
      expect(requestIdOf({ headers: { 'x-request-id': id } })).toBe(id);
    },
  );

  it.each(['', ' ', 'a b', 'a, b', 'x'.repeat(129), 'zoë', 'a"b', '{}', 'a\n', '%0a', '<b>'])(
    'makes one in the place of %j',
    (id) => {
      expect(requestIdOf({ headers: { 'x-request-id': id } })).toMatch(MADE);
    },
  );

  it('makes a new one each time there is none', () => {
    const made = [requestIdOf({ headers: {} }), requestIdOf({ headers: {} })];
    expect(made).toEqual([expect.stringMatching(MADE), expect.stringMatching(MADE)]);
    expect(made[0]).not.toBe(made[1]);
  });
});
