import { describe, expect, it } from '@jest/globals';
import { retryAfterMs, retryDelayMs } from './retry-schedule.js';

const HOUR = 3_600_000;
const middle = (): number => 0.5;

describe('retryDelayMs', () => {
  it('is longer each time, and ends after nine', () => {
    const delays = Array.from({ length: 10 }, (_, index) => retryDelayMs(index + 1, 0, middle));
    const hours = delays.map((delay) => delay && delay / HOUR);
    expect(hours).toEqual([5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24, undefined]);
  });

  it('is up to a fifth off', () => {
    expect(retryDelayMs(3, 0, () => 0)).toBe(24 * 60_000);
    expect(retryDelayMs(3, 0, () => 1)).toBe(36 * 60_000);
  });

  it('is what was asked for where that is longer, a day at most', () => {
    expect(retryDelayMs(1, 60_000, middle)).toBe(60_000);
    expect(retryDelayMs(4, 60_000, middle)).toBe(2 * HOUR);
    expect(retryDelayMs(1, 1_000 * HOUR, middle)).toBe(24 * HOUR);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-27T20:00:00Z');

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Fri, 27 Nov 2026 20:01:00 GMT', 60_000],
    ['Fri, 27 Nov 2026 19:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['tomorrow', undefined],
    ['2026-11-28', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
