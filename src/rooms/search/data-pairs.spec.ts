import { expect, it } from '@jest/globals';
import { dataPairs } from './data-pairs.js';

it.each([
  [{ color: 'red', seats: 5, open: true }, ['color\0red', 'seats\u00005', 'open\0true']],
  [{ nested: { a: 1 }, list: [1], none: null }, undefined],
  [{ ['n'.repeat(129)]: 1, text: 'x'.repeat(257) }, undefined],
  [undefined, undefined],
  [[1], undefined],
  ['text', undefined],
])('%j is found by %j', (data, pairs) => {
  expect(dataPairs(data)).toEqual(pairs);
});

it('there are 64 at most', () => {
  const data = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
  expect(dataPairs(data)).toHaveLength(64);
});
