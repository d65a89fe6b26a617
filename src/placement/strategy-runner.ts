import { Inject, Injectable, Logger } from '@nestjs/common';
import { LATE, within } from '../common/time-limit.js';
import {
  ASSIGNMENT_STRATEGY,
  type AssignmentContext,
  type AssignmentRoom,
  TRY_AGAIN,
  type AssignmentStrategy,
  type Candidate,
  type Choice,
} from './assignment-strategy.js';

/** How long a strategy may think, in milliseconds. */
const TIME_LIMIT_MS = 1_000;

/** Asks the strategy, and does without it when it fails: no fault of a strategy may stop tokens. */
@Injectable()
export class StrategyRunner {
  private readonly logger = new Logger(StrategyRunner.name);
  private readonly complained = new Set<string>();

  constructor(@Inject(ASSIGNMENT_STRATEGY) private readonly strategy: AssignmentStrategy) {}

  /**
   * Responds at once when the strategy does, so that the choice can be counted before the next is made.
   *
   * @returns one of `candidates`: the first, where the strategy gives none of them; undefined of none; TRY_AGAIN
   *   where the strategy says so
   */
  select(
    room: AssignmentRoom,
    candidates: readonly Candidate[],
    context: AssignmentContext,
  ): Choice | undefined | Promise<Choice> {
    const [first] = candidates;
    if (!first) return undefined;
    try {
      // Its own array: a strategy may sort it.
      const result: unknown = this.strategy.select(room, [...candidates], context);
      if (!isThenable(result)) return this.accept(result, first, candidates);
      return within(TIME_LIMIT_MS, result).then(
        (chosen) => this.accept(chosen, first, candidates),
        (error: unknown) => this.failed('failed', first, error),
      );
    } catch (error) {
      return this.failed('failed', first, error);
    }
  }

  /** @returns undefined when the strategy does not score, or not with a number */
  score(
    room: AssignmentRoom,
    candidate: Candidate,
    context: AssignmentContext,
  ): number | undefined {
    try {
      const score: unknown = this.strategy.score?.(room, candidate, context);
      return typeof score === 'number' && Number.isFinite(score) ? score : undefined;
    } catch {
      return undefined;
    }
  }

  /** See AssignmentStrategy. */
  get everyState(): boolean {
    return this.strategy.everyState === true;
  }

  private accept(result: unknown, first: Candidate, candidates: readonly Candidate[]): Choice {
    if (result === undefined) return first;
    if (result === TRY_AGAIN) return TRY_AGAIN;
    if (result === LATE) return this.failed(`took longer than ${TIME_LIMIT_MS} ms`, first);
    const chosen = candidates.find((candidate) => candidate === result);
    return chosen ?? this.failed('gave something that is not a candidate', first);
  }

  /** Logs each way of failing once: it is likely to be the same for every room. */
  private failed(how: string, first: Candidate, error?: unknown): Candidate {
    if (!this.complained.has(how)) {
      this.complained.add(how);
      const stack = error instanceof Error ? error.stack : error;
      this.logger.error(`The assignment strategy ${how}; the first candidate is taken`, stack);
    }
    return first;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
