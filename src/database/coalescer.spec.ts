import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Coalescer } from './coalescer.js';

const MAX_BATCH = 3;
const GATHER_MS = 100;

interface Sent {
  at: number;
  batch: string[];
}

let sent: Sent[];
let answers: (() => void)[];

/** Answers only when it is told to. */
function coalescer(gatherMs: number): Coalescer<string> {
  const send = (batch: string[]): Promise<void> => {
    sent.push({ at: Date.now(), batch });
    return new Promise((resolve) => answers.push(resolve));
  };
  return new Coalescer(send, MAX_BATCH, gatherMs);
}

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_030 });
  sent = [];
  answers = [];
});

afterEach(() => {
  jest.useRealTimers();
});

describe('Coalescer', () => {
  it('sends all that is gathered for the same time at the same moment', async () => {
    coalescer(GATHER_MS).add('a');
    await jest.advanceTimersByTimeAsync(40);
    coalescer(GATHER_MS).add('b');
    await jest.advanceTimersByTimeAsync(29);
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([
      { at: 1_000_100, batch: ['a'] },
      { at: 1_000_100, batch: ['b'] },
    ]);
  });

  it('gathers what comes while a batch is under way until the next moment', async () => {
    const items = coalescer(GATHER_MS);
    items.add('a');
    await jest.advanceTimersByTimeAsync(70);
    items.add('b');
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(99);
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent[1]).toEqual({ at: 1_000_200, batch: ['b'] });
  });

  it('gathers what came while two batches were under way, too', async () => {
    const items = coalescer(GATHER_MS);
    items.add('a');
    await jest.advanceTimersByTimeAsync(70);
    items.add('b');
    await jest.advanceTimersByTimeAsync(100);
    items.add('c');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(2);
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(100);
    expect(sent[2]).toEqual({ at: 1_001_300, batch: ['c'] });
  });

  it('does not let more than a batch wait', async () => {
    const items = coalescer(GATHER_MS);
    for (const item of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) items.add(item);
    await jest.advanceTimersByTimeAsync(70);
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.map(({ batch }) => batch.join(''))).toEqual(['abc', 'def']);
    answers[1]?.();
    await jest.advanceTimersByTimeAsync(100);
    expect(sent.map(({ batch }) => batch.join(''))).toEqual(['abc', 'def', 'g']);
  });

  it('sends at once what came meanwhile, where nothing is gathered', async () => {
    const items = coalescer(0);
    items.add('a');
    await jest.advanceTimersByTimeAsync(0);
    items.add('b');
    await jest.advanceTimersByTimeAsync(0);
    for (const item of ['c', 'd', 'e', 'f']) items.add(item);
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.map(({ batch }) => batch.join(''))).toEqual(['a', 'b']);
    answers[0]?.();
    answers[1]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.map(({ batch }) => batch.join(''))).toEqual(['a', 'b', 'cde', 'f']);
  });
});
