import { describe, expect, it } from '@jest/globals';
import { dataFits, isStorable, MAX_DATA_BYTES } from './room-data.js';

describe("a room's data", () => {
  it('takes 64 kB of JSON, in bytes and not in characters', () => {
    const empty = Buffer.byteLength(JSON.stringify({ x: '' }));
    expect(dataFits({ x: 'x'.repeat(MAX_DATA_BYTES - empty) })).toBe(true);
    expect(dataFits({ x: 'x'.repeat(MAX_DATA_BYTES - empty + 1) })).toBe(false);
    expect(dataFits({ x: 'é'.repeat(MAX_DATA_BYTES / 2) })).toBe(false);
  });

  it('may nest 32 deep', () => {
    expect(isStorable(nested(32))).toBe(true);
    expect(isStorable(nested(33))).toBe(false);
    expect(isStorable(nested(100_000))).toBe(false);
  });

  it.each([
    ['dots and dollars', { 'a.b': 1, $k: { '.': 1 }, '': null }],
    ['a $ref alone', { schema: { $ref: '#/x' } }],
    ['names of every object', { constructor: 5, toString: [], hasOwnProperty: null }],
  ])('may have keys with %s', (_, data) => {
    expect(isStorable(data)).toBe(true);
  });

  it.each([
    ["a type of the driver's", { a: [{ _bsontype: 'ObjectId' }] }],
    ['a reference', { a: { $ref: 'rooms', $id: 1 } }],
    ['NUL in a key', { a: { 'x\0': 1 } }],
  ])('is refused with %s, which would not come back as it was', (_, data) => {
    expect(isStorable(data)).toBe(false);
  });
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}
