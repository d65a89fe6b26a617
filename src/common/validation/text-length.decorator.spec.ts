import { describe, expect, it } from '@jest/globals';
import { validate } from 'class-validator';
import { TextLength } from './text-length.decorator.js';

class Named {
  @TextLength(1, 3)
  name: unknown;
}

async function refusals(name: unknown): Promise<string[]> {
  const errors = await validate(Object.assign(new Named(), { name }));
  return errors.flatMap(({ constraints = {} }) => Object.values(constraints));
}

describe('TextLength', () => {
  it('takes a text from the least to the most characters, and says which of them it misses', async () => {
    expect(await refusals('a')).toEqual([]);
    expect(await refusals('abc')).toEqual([]);
    expect(await refusals('')).toEqual(['name must be longer than or equal to 1 characters']);
    expect(await refusals('abcd')).toEqual(['name must be shorter than or equal to 3 characters']);
  });

  it('counts code points, as schemas do', async () => {
    expect(await refusals('🎥🎥🎥')).toEqual([]);
    expect(await refusals('🎥🎥🎥🎥')).toHaveLength(1);
    // With a variation selector.
    expect(await refusals('ab☎\ufe0f')).toHaveLength(1);
  });

  it.each([
    [undefined],
    [null],
    [2],
    [['a', 'b']],
    [{ length: 2 }],
    [{ length: { toString: null } }],
    [{ length: [{ toString: null }] }],
  ])('refuses what is no text: %j', async (value) => {
    expect(await refusals(value)).toHaveLength(1);
  });
});
