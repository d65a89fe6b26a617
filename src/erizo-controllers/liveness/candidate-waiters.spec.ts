import { describe, expect, it } from '@jest/globals';
import { makeNode } from '../../../test/erizo-controllers/fakes.js';
import type { ErizoController } from '../erizo-controller.js';
import { CandidateWaiters } from './candidate-waiters.js';

const ANY = (candidates: ErizoController[]): boolean => candidates.length > 0;

describe('CandidateWaiters', () => {
  it('looks once for all who wait', async () => {
    const candidates: ErizoController[] = [];
    let looks = 0;
    const waiters = new CandidateWaiters(async () => {
      looks++;
      return candidates;
    });
    const waiting = Array.from({ length: 200 }, () => waiters.wait(ANY, 60_000));
    candidates.push(makeNode());
    waiters.notify();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
    // The first look may begin before the others wait; a second then serves them all.
    expect(looks).toBeLessThanOrEqual(2);
  });

  it('looks again when it is told of a change during a look', async () => {
    const looks: ((candidates: ErizoController[]) => void)[] = [];
    const waiters = new CandidateWaiters(() => new Promise((resolve) => looks.push(resolve)));
    const waiting = waiters.wait(ANY, 60_000);
    waiters.notify();
    looks[0]?.([]);
    await new Promise(setImmediate);
    looks[1]?.([makeNode()]);
    expect(await waiting).toBe(true);
  });

  it('goes on looking after a look that failed', async () => {
    let looks = 0;
    const waiters = new CandidateWaiters(async () => {
      if (++looks === 1) throw new Error('away');
      return [makeNode()];
    });
    expect(await waiters.wait(ANY, 60_000)).toBe(true);
  });

  it('gives up at once when the wait is called off, before it or in it', async () => {
    const waiters = new CandidateWaiters(async () => []);
    const off = new AbortController();
    const waiting = waiters.wait(ANY, 60_000, off.signal);
    off.abort();
    expect(await waiting).toBe(false);
    expect(await waiters.wait(ANY, 60_000, off.signal)).toBe(false);
  });

  it('stops looking when nobody waits any more', async () => {
    let looks = 0;
    const waiters = new CandidateWaiters(async () => {
      looks++;
      return [];
    });
    expect(await waiters.wait(ANY, 1)).toBe(false);
    const before = looks;
    waiters.notify();
    await new Promise(setImmediate);
    expect(looks).toBe(before);
    expect(await waiters.wait(ANY, 1)).toBe(false);
    expect(looks).toBeGreaterThan(before);
  });
});
