import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { URL as StandardUrl } from 'whatwg-url';
import { holdsDotSegment } from '../src/dot-segments.js';

const USERS = 'http://host/rooms/65f0c0ffee65f0c0ffee65f1/users/';

describe('a name', () => {
  it.each([
    ['itself', '.'],
    ['itself', '..'],
    ['itself, encoded', '.%2E'],
    ['itself and a blank', '.. '],
    ['its beginning', '../../65f0c0ffee65f0c0ffee65f2'],
    ['its end', 'a/../..'],
    ['its end, after a dot', '.a/.'],
    ['what a backslash parts', 'a\\..'],
    ['what stands before a query', '..?x'],
  ])('leads elsewhere by %s: %j', (_, name) => {
    expect(holdsDotSegment(name)).toBe(true);
  });

  it.each(['...', '.a', 'J. R. R.', 'a/b', 'a..b', 'v1.2/x', '. .', '%2', ''])(
    'that is %j leads nowhere else',
    (name) => {
      expect(holdsDotSegment(name)).toBe(false);
    },
  );

  it('leads elsewhere just when a URL parser resolves it', () => {
    const piece = fc.constantFrom(
      '.',
      '%2e',
      '%2E',
      '/',
      '\\',
      '?',
      '#',
      ' ',
      '\t',
      '\n',
      '\0',
      'a',
    );
    const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(name, (text) => {
        expect(holdsDotSegment(text)).toBe(isResolved(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

/**
 * Whether the path is another than where every dot were a letter. By the standard's own reference parser: that of
 * Node 20 leaves `.a/.` as it is.
 */
function isResolved(name: string): boolean {
  const spelledOut = (text: string): string => text.replace(/\.|%2e/gi, '_');
  const path = new StandardUrl(USERS + name).pathname;
  return spelledOut(path) !== new StandardUrl(USERS + spelledOut(name)).pathname;
}
