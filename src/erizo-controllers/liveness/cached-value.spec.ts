import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '../../../test/erizo-controllers/fakes.js';
import { CachedValue } from './cached-value.js';

/** A source whose reads end when they are told to. */
function source(): { read: () => Promise<string>; ends: ((text: string) => void)[] } {
  const ends: ((text: string) => void)[] = [];
  return { ends, read: () => new Promise((resolve) => ends.push(resolve)) };
}

describe('CachedValue', () => {
  it('reads once for all who ask during the read', async () => {
    const { read, ends } = source();
    const value = new CachedValue(read, new FakeClock(), 500);
    const asked = [value.get(), value.get(), value.get()];
    ends[0]?.('a');
    expect(await Promise.all(asked)).toEqual(['a', 'a', 'a']);
    expect(ends).toHaveLength(1);
  });

  it('counts the age from the start of the read', async () => {
    const { read, ends } = source();
    const clock = new FakeClock();
    const value = new CachedValue(read, clock, 500);
    const first = value.get();
    clock.time += 600;
    ends[0]?.('a');
    await first;
    void value.get();
    expect(ends).toHaveLength(2);
  });

  it('reads again before the value is too old, and lets nobody wait for that', async () => {
    const { read, ends } = source();
    const clock = new FakeClock();
    const value = new CachedValue(read, clock, 500);
    const first = value.get();
    ends[0]?.('a');
    await first;
    clock.time += 450;
    expect([await value.get(), await value.get()]).toEqual(['a', 'a']);
    expect(ends).toHaveLength(2);
    ends[1]?.('b');
    clock.time += 100;
    expect(await value.get()).toBe('b');
    expect(ends).toHaveLength(2);
  });

  it('gives a value for as long as it is not too old, though the next read failed', async () => {
    const clock = new FakeClock();
    let reads = 0;
    const value = new CachedValue(
      async () => {
        if (++reads === 2) throw new Error('away');
        return reads;
      },
      clock,
      500,
    );
    await value.get();
    clock.time += 450;
    expect(await value.get()).toBe(1);
    clock.time += 100;
    expect(await value.get()).toBe(3);
  });

  it('does not give what was read before a change to who asks after it', async () => {
    const { read, ends } = source();
    const value = new CachedValue(read, new FakeClock(), 500);
    const before = value.get();
    value.invalidate();
    const after = value.get();
    ends[1]?.('new');
    ends[0]?.('old');
    expect([await before, await after, await value.get()]).toEqual(['old', 'new', 'new']);
  });

  it('reads again after the clock was set back', async () => {
    const clock = new FakeClock();
    let reads = 0;
    const value = new CachedValue(async () => ++reads, clock, 500);
    await value.get();
    clock.time -= 3_600_000;
    expect(await value.get()).toBe(2);
  });

  it('does not keep a failure', async () => {
    let reads = 0;
    const value = new CachedValue(
      async () => {
        if (++reads === 1) throw new Error('away');
        return reads;
      },
      new FakeClock(),
      500,
    );
    await expect(value.get()).rejects.toThrow('away');
    expect(await value.get()).toBe(2);
  });
});
