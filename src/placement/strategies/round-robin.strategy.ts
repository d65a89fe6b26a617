import type {
  AssignmentContext,
  AssignmentRoom,
  AssignmentStrategy,
  Candidate,
} from '../assignment-strategy.js';

/** Each in turn. It remembers whose turn it was, not a number, so that nodes may come and go. */
export class RoundRobinStrategy implements AssignmentStrategy {
  private last = '';

  select(
    _room: AssignmentRoom,
    candidates: readonly Candidate[],
    { dryRun }: AssignmentContext,
  ): Candidate | undefined {
    const turns = candidates
      .map((candidate) => ({ candidate, id: candidate._id.toHexString() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const next = turns.find(({ id }) => id > this.last) ?? turns[0];
    if (next && !dryRun) this.last = next.id;
    return next?.candidate;
  }
}
