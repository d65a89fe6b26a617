import { describe, expect, it } from '@jest/globals';
import { validate } from 'class-validator';
import { IsLabels } from './is-labels.decorator.js';

class Labelled {
  @IsLabels()
  labels: unknown;
}

async function takes(value: string): Promise<boolean> {
  const labels = { zone: value };
  return (await validate(Object.assign(new Labelled(), { labels }))).length === 0;
}

describe('IsLabels', () => {
  it.each(['x', 'é', '🎥'])('takes texts of up to 256 characters: of %s', async (character) => {
    expect(await takes('')).toBe(true);
    expect(await takes(character.repeat(256))).toBe(true);
    expect(await takes(character.repeat(257))).toBe(false);
  });
});
