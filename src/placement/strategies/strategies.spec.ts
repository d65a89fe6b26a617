import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Types } from 'mongoose';
import { makeNode } from '../../../test/erizo-controllers/fakes.js';
import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';
import { FirstAvailableStrategy } from './first-available.strategy.js';
import { LeastLoadedStrategy } from './least-loaded.strategy.js';
import { STRATEGY_NAMES, loadStrategy } from './load-strategy.js';
import { PowerOfTwoChoicesStrategy } from './power-of-two-choices.strategy.js';
import { RandomStrategy } from './random.strategy.js';
import { RegionStrategy } from './region.strategy.js';
import { RendezvousHashStrategy } from './rendezvous-hash.strategy.js';
import { RoundRobinStrategy } from './round-robin.strategy.js';

const REAL = { dryRun: false };

function roomOf(id = new Types.ObjectId()): AssignmentRoom {
  return { _id: id, service: new Types.ObjectId(), name: 'room' };
}

function candidatesOf(...loads: number[]): Candidate[] {
  return loads.map((load) => ({ ...makeNode(), load }));
}

/** An id, as the n-th made in the same second by the same process has it: they differ in little. */
function idOf(n: number): Types.ObjectId {
  return new Types.ObjectId(`65f0c0ffee65f0c0ff${n.toString(16).padStart(6, '0')}`);
}

/** How often each candidate is chosen for so many rooms. */
function counts(strategy: AssignmentStrategy, candidates: Candidate[], rooms: number): number[] {
  const chosen = candidates.map(() => 0);
  for (let n = 0; n < rooms; n++) {
    const index = candidates.indexOf(
      strategy.select(roomOf(idOf(n)), candidates, REAL) as Candidate,
    );
    chosen[index] = (chosen[index] ?? 0) + 1;
  }
  return chosen;
}

describe('every built-in strategy', () => {
  it.each(STRATEGY_NAMES)(
    '%s chooses one of the candidates, and leaves them as they are',
    async (name) => {
      const strategy = await loadStrategy(name);
      fc.assert(
        fc.property(
          fc.array(fc.record({ load: fc.nat(), region: fc.constantFrom('eu', 'us', undefined) }), {
            minLength: 1,
            maxLength: 20,
          }),
          fc.constantFrom('eu', 'mars', undefined),
          fc.boolean(),
          (nodes, region, dryRun) => {
            const candidates = nodes.map((node) => Object.freeze({ ...makeNode(), ...node }));
            const before = [...candidates];
            const chosen = strategy.select(roomOf(), Object.freeze(candidates), { region, dryRun });
            expect(before).toContain(chosen);
            expect(candidates).toEqual(before);
          },
        ),
      );
    },
  );
});

describe('first-available', () => {
  it('chooses the first', () => {
    const candidates = candidatesOf(9, 0, 0);
    expect(new FirstAvailableStrategy().select(roomOf(), candidates)).toBe(candidates[0]);
  });
});

describe('round-robin', () => {
  it('gives each node as many rooms as any other', () => {
    expect(counts(new RoundRobinStrategy(), candidatesOf(0, 0, 0, 0), 400)).toEqual([
      100, 100, 100, 100,
    ]);
  });

  it('goes on with the next when nodes come and go', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((n) => ({ ...makeNode({ _id: idOf(n) }), load: 0 })) as [
      Candidate,
      Candidate,
      Candidate,
      Candidate,
    ];
    const strategy = new RoundRobinStrategy();
    expect(strategy.select(roomOf(), [a, b, d], REAL)).toBe(a);
    expect(strategy.select(roomOf(), [a, b, d], REAL)).toBe(b);
    expect(strategy.select(roomOf(), [a, c, d], REAL)).toBe(c);
    expect(strategy.select(roomOf(), [a, c], REAL)).toBe(a);
  });

  it('does not move on for an explanation', () => {
    const strategy = new RoundRobinStrategy();
    const candidates = candidatesOf(0, 0);
    const explained = strategy.select(roomOf(), candidates, { dryRun: true });
    expect(strategy.select(roomOf(), candidates, REAL)).toBe(explained);
  });
});

describe('random', () => {
  it('can choose every node', () => {
    const candidates = candidatesOf(0, 0, 0);
    const draws = [0, 0.34, 0.99];
    const strategy = new RandomStrategy(() => draws.shift() ?? 0);
    expect(counts(strategy, candidates, 3)).toEqual([1, 1, 1]);
  });
});

describe('least-loaded', () => {
  it('chooses a node with the lowest load', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (loads) => {
        const chosen = new LeastLoadedStrategy().select(roomOf(), candidatesOf(...loads));
        expect(chosen?.load).toBe(Math.min(...loads));
      }),
    );
  });

  it('draws among those that are equal, as other instances see the same tie', () => {
    const candidates = candidatesOf(1, 0, 0);
    const draws = [0, 0.5];
    const strategy = new LeastLoadedStrategy(() => draws.shift() ?? 0);
    expect(counts(strategy, candidates, 2)).toEqual([0, 1, 1]);
  });
});

describe('power-of-two-choices', () => {
  it('takes the less loaded of two different ones', () => {
    const candidates = candidatesOf(5, 1, 9);
    const pair = (...draws: number[]): Candidate | undefined =>
      new PowerOfTwoChoicesStrategy(() => draws.shift() ?? 0).select(roomOf(), candidates);
    expect(pair(0, 0)).toBe(candidates[1]);
    expect(pair(0, 0.9)).toBe(candidates[0]);
    expect(pair(0.9, 0.9)).toBe(candidates[1]);
  });

  it('never takes the most loaded of several', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 2 }), (loads) => {
        const chosen = new PowerOfTwoChoicesStrategy().select(roomOf(), candidatesOf(...loads));
        expect(chosen?.load).toBeLessThan(Math.max(...loads));
      }),
    );
  });
});

describe('rendezvous-hash', () => {
  const strategy = new RendezvousHashStrategy();

  it('chooses the same node for a room in whatever order the nodes come', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 20 }), (room, size) => {
        const candidates = candidatesOf(...Array.from({ length: size }, () => 0));
        const chosen = strategy.select(roomOf(idOf(room)), candidates);
        expect(strategy.select(roomOf(idOf(room)), candidates.toReversed())).toBe(chosen);
      }),
    );
  });

  it('moves only the rooms of a node that leaves', () => {
    const nodes = Array.from({ length: 8 }, (_, n) => ({ ...makeNode({ _id: idOf(n) }), load: 0 }));
    const [gone, ...rest] = nodes;
    const rooms = Array.from({ length: 1000 }, (_, n) => roomOf(idOf(n)));
    const staying = rooms.filter((room) => strategy.select(room, nodes) !== gone);
    expect(staying.map((room) => strategy.select(room, rest))).toEqual(
      staying.map((room) => strategy.select(room, nodes)),
    );
  });

  it('spreads rooms evenly, even those whose ids differ in little', () => {
    const nodes = Array.from({ length: 8 }, (_, n) => ({ ...makeNode({ _id: idOf(n) }), load: 0 }));
    // 1,000 each is expected, with a standard deviation of 30.
    for (const count of counts(strategy, nodes, 8000)) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1150);
    }
  });
});

describe('region', () => {
  const nodes = [
    { ...makeNode({ region: 'us' }), load: 0 },
    { ...makeNode({ region: 'eu' }), load: 7 },
    { ...makeNode({ region: 'eu' }), load: 5 },
  ];

  it.each([
    ['the least loaded of the region', 'eu', 2],
    ['the least loaded of all when the region has none', 'mars', 0],
    ['the least loaded of all when no region is asked for', undefined, 0],
  ])('chooses %s', (_, region, index) => {
    const chosen = new RegionStrategy().select(roomOf(), nodes, { region, dryRun: false });
    expect(chosen).toBe(nodes[index]);
  });
});
