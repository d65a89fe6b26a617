import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { holdsPiece, isSearchable, nameParts, partsWithin, rangesOf } from './name-parts.js';

const character = fc.constantFrom('a', 'B', 'é', 'İ', 'Σ', 'ς', '-', '\u{1F600}');
const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(character, { minLength, maxLength }).map((all) => all.join(''));

describe('the parts of a name', () => {
  it('begin at each third character', () => {
    expect(nameParts('Stand-up 7')).toEqual(['stand-up 7', 'nd-up 7', 'up 7', '7']);
    expect(nameParts('aaaaaaa')).toEqual(['aaaaaaa', 'aaaa', 'a']);
  });

  it.each([
    ['ΟΔΟΣ ΟΔΟΣΑ', 'Σ ΟΔ'],
    ['straße', 'RAß'],
  ])('of %s lead to %s, however its characters are written elsewhere', (name, piece) => {
    expect(holdsPiece(name, piece)).toBe(true);
    expect(rangesOf(piece).some((range) => partsWithin(name, range).length > 0)).toBe(true);
  });

  it('are of bounded length', () => {
    expect(Math.max(...nameParts('x'.repeat(256)).map(({ length }) => length))).toBe(32);
  });

  it('lie in a range of every piece that the name holds', () => {
    fc.assert(
      fc.property(text(1, 40), text(3, 36), fc.nat(), (name, other, at) => {
        const whole = Array.from(name);
        const from = at % whole.length;
        const pieces = [other, whole.slice(from, from + 3 + (at % 34)).join('')];
        for (const piece of pieces.filter(isSearchable)) {
          const ranges = rangesOf(piece);
          const isMet = ranges.some((range) => partsWithin(name, range).length > 0);
          expect(isMet || !holdsPiece(name, piece)).toBe(true);
        }
      }),
    );
  });
});
