import type { Clock } from '../../common/clock.js';
import {
  TRY_AGAIN,
  type AssignmentRoom,
  type AssignmentStrategy,
  type Candidate,
  type Choice,
} from '../assignment-strategy.js';

/** A file of Nuve's `ch_policies/`. It may do what it likes with its arguments. */
interface LicodePolicy {
  getErizoController(room: object, ecQueue: object[]): unknown;
}

export function isLicodePolicy(value: unknown): value is LicodePolicy {
  return (
    typeof value === 'object' &&
    value !== null &&
    'getErizoController' in value &&
    typeof value.getErizoController === 'function'
  );
}

/**
 * Asks a policy of Licode's as Nuve does: it sees all nodes, those in state 2 before 1 before 0, and nodes are known by
 * their `_id`. Where it chooses none it is asked again. It knows of no dry run: one that counts its calls counts
 * explanations too.
 */
export class LicodePolicyStrategy implements AssignmentStrategy {
  readonly everyState = true;

  constructor(
    private readonly policy: LicodePolicy,
    private readonly clock: Clock,
  ) {}

  select(room: AssignmentRoom, candidates: readonly Candidate[]): Choice {
    const now = this.clock.now();
    const ecQueue = candidates.map((node) => ({
      ...node,
      // Nuve's count of the seconds in which nothing was heard.
      keepAlive: Math.max(0, Math.floor((now - node.lastSeen.getTime()) / 1000)),
    }));
    const chosen = this.policy.getErizoController({ ...room }, ecQueue);
    const id = (chosen as { _id?: unknown } | null | undefined)?._id;
    if (id === undefined || id === null) return TRY_AGAIN;
    // The runner reports what is no candidate.
    return candidates.find(({ _id }) => _id.equals(id as string)) ?? (chosen as Candidate);
  }
}
