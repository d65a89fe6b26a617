import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';
import { pickRandom } from './pick-random.js';

/**
 * The less loaded of two drawn at random: nearly as even as the least loaded, and instances that know
 * different loads do not all run to the same node.
 */
export class PowerOfTwoChoicesStrategy implements AssignmentStrategy {
  constructor(private readonly random = Math.random) {}

  select(_room: AssignmentRoom, candidates: readonly Candidate[]): Candidate | undefined {
    const one = pickRandom(candidates, this.random);
    const other = pickRandom(
      candidates.filter((candidate) => candidate !== one),
      this.random,
    );
    return one && other && other.load < one.load ? other : one;
  }

  score(_room: AssignmentRoom, { load }: Candidate): number {
    return 0 - load;
  }
}
