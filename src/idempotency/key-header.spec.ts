import { describe, expect, it } from '@jest/globals';
import { parseKeyHeader } from './key-header.js';

describe('parseKeyHeader', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['!~', '!~'],
    ['a"b', 'a"b'],
    ['a,b;c=d', 'a,b;c=d'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('reads %j', (header, key) => {
    expect(parseKeyHeader(header)).toBe(key);
  });

  it.each([
    '',
    '""',
    '"',
    '"abc',
    '"abc" ',
    '"abc";p=1',
    String.raw`"a\b"`,
    'a b',
    '"a b"',
    'one, two',
    'a\tb',
    'é',
    '"é"',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
  ])('refuses %j', (header) => {
    expect(() => parseKeyHeader(header)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        errors: [{ field: 'Idempotency-Key', message: expect.any(String) }],
      }),
    );
  });
});
