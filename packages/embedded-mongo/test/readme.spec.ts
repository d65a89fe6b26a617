import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { OPERATORS } from '../src/aggregate/operators/table.js';

it('the README names every expression that is known', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const unnamed = [...OPERATORS.keys()].filter((name) => !readme.includes(`\`${name}\``));
  expect(unnamed).toEqual([]);
});
