import { describe, expect, it } from '@jest/globals';
import { LATE, within } from './time-limit.js';

describe('within', () => {
  it('gives what the promise gives in time', async () => {
    expect(await within(60_000, Promise.resolve('result'))).toBe('result');
  });

  it('gives LATE for a promise that takes longer', async () => {
    expect(await within(1, new Promise(() => undefined))).toBe(LATE);
  });

  it('fails as the promise does', async () => {
    await expect(within(60_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
