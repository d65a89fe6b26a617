import type { Types } from 'mongoose';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';

/** The room that needs a node. */
export interface AssignmentRoom {
  _id: Types.ObjectId;
  /** The tenant that it belongs to. */
  service: Types.ObjectId;
  name: string;
  data?: Record<string, unknown>;
  p2p?: boolean;
}

/** A node that may be chosen; `load` is corrected for what was given to it since it said one. */
export type Candidate = ErizoController & { load: number };

export type Choice = Candidate | typeof TRY_AGAIN;

export interface AssignmentContext {
  /** The room's `data.region`, otherwise what the token request asked for. */
  region?: string;
  /** Only explaining: a strategy that remembers its choices must not remember this one. */
  dryRun: boolean;
}

/** The choice of a strategy that wants to be asked again in half a second, while the request waits for a node. */
export const TRY_AGAIN = Symbol('try again');

/**
 * Chooses a node for a room that has none. `ASSIGNMENT_STRATEGY` names a built-in one, or the path of a
 * module whose default export is a class or an instance of one.
 */
export interface AssignmentStrategy {
  /** Whether `select` gets candidates of every state, the best first, rather than those of the best state alone. */
  readonly everyState?: boolean;

  /**
   * @param candidates at least one, all of the best state that there is, in the order of registration
   * @returns one of `candidates`, or TRY_AGAIN. Undefined leaves the choice open, and the first is taken; so it is when
   *   this throws, gives anything else, or takes longer than a second.
   */
  select(
    room: AssignmentRoom,
    candidates: readonly Candidate[],
    context: AssignmentContext,
  ): Choice | undefined | Promise<Choice | undefined>;

  /** How good a choice the candidate is, higher is better. Only for explaining a choice. */
  score?(room: AssignmentRoom, candidate: Candidate, context: AssignmentContext): number;
}

/** The strategy in use. Override this provider to bring one that needs injection. */
export const ASSIGNMENT_STRATEGY = Symbol('ASSIGNMENT_STRATEGY');
