import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Coalescer } from './coalescer.js';

const MAX_BATCH = 3;
const UNHURRIED = { unhurried: true };
/** The moment after 1,000,030; with fake timers what a timer does at once is done a millisecond later. */
const MOMENT = 1_000_101;

interface Sent {
  at: number;
  batch: string[];
}

let sent: Sent[];
let answers: (() => void)[];

/** Answers only when it is told to. */
function coalescer(): Coalescer<string> {
  const send = (batch: string[]): Promise<void> => {
    sent.push({ at: Date.now(), batch });
    return new Promise((resolve) => answers.push(resolve));
  };
  return new Coalescer(send, MAX_BATCH);
}

const batches = (): string[] => sent.map(({ batch }) => batch.join(''));

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_030 });
  sent = [];
  answers = [];
});

afterEach(() => {
  jest.useRealTimers();
});

describe('Coalescer', () => {
  it('sends what comes in one turn together, and what came while two batches were under way', async () => {
    const items = coalescer();
    items.add('a');
    items.add('b');
    await jest.advanceTimersByTimeAsync(0);
    items.add('c');
    await jest.advanceTimersByTimeAsync(0);
    for (const item of ['d', 'e', 'f', 'g']) items.add(item);
    await jest.advanceTimersByTimeAsync(0);
    expect(batches()).toEqual(['ab', 'c']);
    answers[0]?.();
    answers[1]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(batches()).toEqual(['ab', 'c', 'def', 'g']);
    expect(sent.every(({ at }) => at === 1_000_030)).toBe(true);
  });

  it('sends all that is in no hurry at the same moment', async () => {
    const one = coalescer();
    one.add('a', UNHURRIED);
    await jest.advanceTimersByTimeAsync(40);
    one.add('b', UNHURRIED);
    coalescer().add('c', UNHURRIED);
    await jest.advanceTimersByTimeAsync(30);
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([
      { at: MOMENT, batch: ['a', 'b'] },
      { at: MOMENT, batch: ['c'] },
    ]);
  });

  it('sends what is in no hurry with what is, and once', async () => {
    const items = coalescer();
    items.add('a', UNHURRIED);
    items.add('b');
    await jest.advanceTimersByTimeAsync(0);
    items.add('c', UNHURRIED);
    await jest.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([{ at: 1_000_030, batch: ['b', 'a'] }]);
    await jest.advanceTimersByTimeAsync(71);
    expect(sent[1]).toEqual({ at: MOMENT, batch: ['c'] });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(2);
  });

  it('lets what is in no hurry wait while a batch is under way', async () => {
    const items = coalescer();
    items.add('a', UNHURRIED);
    await jest.advanceTimersByTimeAsync(71);
    items.add('b', UNHURRIED);
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(99);
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent[1]).toEqual({ at: MOMENT + 100, batch: ['b'] });
  });

  it('sends what is in no hurry, too, as soon as one of two batches is answered', async () => {
    const items = coalescer();
    items.add('a');
    await jest.advanceTimersByTimeAsync(0);
    items.add('b');
    await jest.advanceTimersByTimeAsync(0);
    items.add('c', UNHURRIED);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(batches()).toEqual(['a', 'b']);
    answers[1]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(batches()).toEqual(['a', 'b', 'c']);
  });
});
