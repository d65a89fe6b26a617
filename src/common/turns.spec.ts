import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Takes a place, and tells what became of it so far. */
function stand(turns: Turns, key: string): { state: () => unknown; leave: () => void } {
  const over = new AbortController();
  let state: unknown = 'waits';
  void turns.take(key, over.signal).then((hasTurn) => {
    state = hasTurn;
  });
  return { state: () => state, leave: () => over.abort() };
}

const settled = (): Promise<void> => new Promise(setImmediate);

describe('Turns', () => {
  it('go to so many of a key at a time, first come first served', async () => {
    const turns = new Turns(2);
    const [a, b, c, d, e] = Array.from({ length: 5 }, () => stand(turns, 'x'));
    await settled();
    const states = (): unknown[] => [a, b, c, d, e].map((place) => place?.state());
    expect(states()).toEqual([true, true, 'waits', 'waits', 'waits']);
    c?.leave();
    a?.leave();
    await settled();
    expect(states()).toEqual([true, true, false, true, 'waits']);
    b?.leave();
    d?.leave();
    await settled();
    expect(states()).toEqual([true, true, false, true, true]);
  });

  it('of one key hold up no other, and nothing is kept of who has left', async () => {
    const turns = new Turns(1);
    const busy = stand(turns, 'x');
    const other = stand(turns, 'y');
    await settled();
    expect(other.state()).toBe(true);
    busy.leave();
    other.leave();
    expect(turns).toEqual(new Turns(1));
  });

  it('are not for who has left before', async () => {
    const turns = new Turns(1);
    expect(await turns.take('x', AbortSignal.abort())).toBe(false);
    expect(await turns.take('x', new AbortController().signal)).toBe(true);
  });
});
