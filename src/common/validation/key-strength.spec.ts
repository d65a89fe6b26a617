import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { isNoKey, isWeakKey } from './key-strength.js';

describe('a key', () => {
  it.each(['hex', 'base64'] as const)('of 256 random bits in %s is strong', (encoding) => {
    const key = randomBytes(32).toString(encoding);
    expect([isWeakKey(key), isNoKey(key)]).toEqual([false, false]);
  });

  it.each([
    ['one character', 'k'],
    ['31 characters', 'abcdefghijklmnopqrstuvwxyz01234'],
    ['nine different characters', 'abcdefghi'.repeat(4)],
    ['ten characters four times over', '0123456789'.repeat(4)],
    ['16 characters twice over', '0123456789abcdef'.repeat(2)],
    ['a word again and again between others', `my-${'secret-key-'.repeat(6)}2024`],
  ])('of %s is weak', (_, key) => {
    expect([isWeakKey(key), isNoKey(key)]).toEqual([true, false]);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' '.repeat(40)],
    ['blanks of several kinds', ' \t\n\u00a0\u3000'],
    ['NULs', '\0'.repeat(40)],
    ['a NUL at its end', 'abcdefghijklmnopqrstuvwxyz0123456789\0'],
  ])('of %s is none', (_, key) => {
    expect(isNoKey(key)).toBe(true);
  });
});
