import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Types } from 'mongoose';
import { makeNode } from '../../test/erizo-controllers/fakes.js';
import type { AssignmentStrategy, Candidate } from './assignment-strategy.js';
import { StrategyRunner } from './strategy-runner.js';

const ROOM = { _id: new Types.ObjectId(), service: new Types.ObjectId(), name: 'room' };
const CONTEXT = { dryRun: false };
const CANDIDATES: Candidate[] = [1, 2, 3].map((load) => Object.freeze({ ...makeNode(), load }));
const [FIRST, SECOND] = CANDIDATES;

function runnerOf(select: (candidates: Candidate[]) => unknown): StrategyRunner {
  return new StrategyRunner({
    select: (_room: unknown, candidates: Candidate[]) => select(candidates),
  } as AssignmentStrategy);
}

function trap(): never {
  throw new Error('trap');
}

const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);

afterEach(() => {
  logged.mockClear();
  jest.useRealTimers();
});

describe('StrategyRunner', () => {
  it('answers at once when the strategy does', () => {
    expect(runnerOf(([, second]) => second).select(ROOM, CANDIDATES, CONTEXT)).toBe(SECOND);
  });

  it('waits for a strategy that answers later', async () => {
    const runner = runnerOf(async ([, second]) => second);
    expect(await runner.select(ROOM, CANDIDATES, CONTEXT)).toBe(SECOND);
  });

  it('has nothing to ask without candidates', () => {
    expect(runnerOf(() => FIRST).select(ROOM, [], CONTEXT)).toBeUndefined();
  });

  it('takes the first in silence when the strategy leaves it open', () => {
    expect(runnerOf(() => undefined).select(ROOM, CANDIDATES, CONTEXT)).toBe(FIRST);
    expect(logged).not.toHaveBeenCalled();
  });

  it.each<[string, (candidates: Candidate[]) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    [
      'throws no error',
      () => {
        throw null;
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['gives null', () => null],
    ['gives a text', () => 'node-1'],
    ['gives a promise of garbage', async () => ({})],
    ['gives a node that is not a candidate', () => ({ ...makeNode(), load: 0 })],
    ['gives a list', (candidates) => candidates],
    ['changes a candidate', ([first]) => Object.assign(first as Candidate, { _id: 'x' })],
    ['gives what throws when it is looked at', () => new Proxy({}, { has: trap })],
  ])('takes the first candidate when the strategy %s, and says so once', async (_, select) => {
    const runner = runnerOf(select);
    expect(await runner.select(ROOM, CANDIDATES, CONTEXT)).toBe(FIRST);
    expect(await runner.select(ROOM, CANDIDATES, CONTEXT)).toBe(FIRST);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('takes the first candidate when the strategy empties the list that it is given', () => {
    const runner = runnerOf((candidates) => candidates.splice(0)[3]);
    expect(runner.select(ROOM, CANDIDATES, CONTEXT)).toBe(FIRST);
    expect(CANDIDATES).toHaveLength(3);
  });

  it('takes the first candidate when the strategy does not answer within a second', async () => {
    jest.useFakeTimers();
    const choice = runnerOf(() => new Promise(() => undefined)).select(ROOM, CANDIDATES, CONTEXT);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await choice).toBe(FIRST);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('has no score where the strategy gives none that is a number', () => {
    const scoreOf = (score?: () => unknown): number | undefined =>
      new StrategyRunner({ select: () => undefined, score } as AssignmentStrategy).score(
        ROOM,
        FIRST as Candidate,
        CONTEXT,
      );
    expect(scoreOf(() => 4)).toBe(4);
    expect(scoreOf()).toBeUndefined();
    expect(scoreOf(() => NaN)).toBeUndefined();
    expect(
      scoreOf(() => {
        throw new Error('broken');
      }),
    ).toBeUndefined();
  });
});
