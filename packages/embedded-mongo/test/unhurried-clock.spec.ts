import { beforeEach, describe, expect, it } from '@jest/globals';
import { unhurriedClock } from '../src/unhurried-clock.js';

const START = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;

let elapsed: number;
let offMs: number;
let now: () => number;

beforeEach(() => {
  elapsed = 0;
  offMs = 0;
  now = unhurriedClock(
    () => START + elapsed + offMs,
    () => elapsed,
  );
});

describe('the clock that documents expire by', () => {
  it('goes with the one on the wall, also where that is set back or gains a little', () => {
    elapsed = 5 * MINUTE;
    expect(now()).toBe(START + 5 * MINUTE);
    offMs = 900;
    expect(now()).toBe(START + 5 * MINUTE + 900);
    offMs = -MINUTE;
    expect(now()).toBe(START + 4 * MINUTE);
  });

  it('does not jump forward with it', () => {
    offMs = 70 * MINUTE;
    expect(now()).toBe(START);
    elapsed = 59 * MINUTE;
    expect(now()).toBe(START + 59 * MINUTE);
    offMs = 0;
    expect(now()).toBe(START + 59 * MINUTE);
  });

  it('believes a jump that has lasted for an hour', () => {
    offMs = 70 * MINUTE;
    now();
    elapsed = 60 * MINUTE;
    expect(now()).toBe(START + 130 * MINUTE);
  });
});
