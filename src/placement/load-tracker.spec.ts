import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock, START, makeNode } from '../../test/erizo-controllers/fakes.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { LoadTracker } from './load-tracker.js';

let clock: FakeClock;
let tracker: LoadTracker;

beforeEach(() => {
  clock = new FakeClock();
  tracker = new LoadTracker(clock);
});

function reporting(load: number, secondsAfterStart = 0): ErizoController {
  return makeNode({ load, loadAt: new Date(START + secondsAfterStart * 1000) });
}

describe('LoadTracker', () => {
  it('believes a node that was given nothing', () => {
    expect(tracker.estimate(reporting(7))).toBe(7);
    expect(tracker.estimate(makeNode())).toBe(0);
  });

  it('adds what was given since the report', () => {
    const node = reporting(7);
    clock.pass(1);
    tracker.record(node._id);
    tracker.record(node._id);
    expect(tracker.estimate(node)).toBe(9);
  });

  it('does not count a room twice once a report is late enough to hold it', () => {
    const node = reporting(7);
    tracker.record(node._id);
    const at = (seconds: number): number =>
      tracker.estimate({ ...node, load: 8, loadAt: new Date(START + seconds * 1000) });
    // One second after, its first user is still connecting.
    expect(at(1)).toBe(9);
    expect(at(3)).toBe(8);
  });

  it('counts a choice until it is confirmed, once', () => {
    const node = reporting(0);
    tracker.reserve(node._id);
    expect(tracker.estimate(node)).toBe(1);
    tracker.record(node._id);
    expect(tracker.estimate(node)).toBe(1);
  });

  it('forgets a choice that is not confirmed in 5 s', () => {
    const node = makeNode();
    tracker.reserve(node._id);
    clock.pass(5);
    expect(tracker.estimate(node)).toBe(0);
  });

  it('forgets half of what it gave to a node that says no load every 5 min', () => {
    const node = makeNode();
    for (let n = 0; n < 8; n++) tracker.record(node._id);
    expect(tracker.estimate(node)).toBe(8);
    clock.pass(300);
    expect(tracker.estimate(node)).toBeCloseTo(4);
    clock.pass(300);
    expect(tracker.estimate(node)).toBeCloseTo(2);
  });

  it('keeps nothing of nodes that were given nothing for an hour', () => {
    const nodes = Array.from({ length: 100 }, () => makeNode());
    for (const { _id } of nodes) tracker.record(_id);
    clock.pass(3600);
    tracker.record(makeNode()._id);
    expect(nodes.map((node) => tracker.estimate(node))).toEqual(nodes.map(() => 0));
  });
});
