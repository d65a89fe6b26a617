import { describe, expect, it } from '@jest/globals';
import { WaitingLine } from '../src/waiting-line.js';

describe('WaitingLine', () => {
  it('lets in as many at once as it may, and the others in the order in which they came', async () => {
    const line = new WaitingLine({ inside: 2, waiting: 3, waitMs: 60_000 });
    const entered: string[] = [];
    const come = (name: string) => line.enter().then((isIn) => isIn && entered.push(name));

    await Promise.all(['ann', 'ben'].map(come));
    const others = ['cleo', 'dan', 'eve'].map(come);
    expect(entered).toEqual(['ann', 'ben']);
    line.leave();
    line.leave();
    line.leave();
    await Promise.all(others);

    expect(entered).toEqual(['ann', 'ben', 'cleo', 'dan', 'eve']);
  });

  it('turns away at once who comes when the line is full', async () => {
    const line = new WaitingLine({ inside: 1, waiting: 1, waitMs: 60_000 });
    await line.enter();
    const second = line.enter();

    expect(await line.enter()).toBe(false);

    line.leave();
    expect(await second).toBe(true);
  });

  it('turns away who has waited for too long, and forgets it', async () => {
    const line = new WaitingLine({ inside: 1, waiting: 1, waitMs: 5 });
    await line.enter();

    expect(await line.enter()).toBe(false);

    line.leave();
    expect(await line.enter()).toBe(true);
  });
});
