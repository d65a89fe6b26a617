import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';
import { pickRandom } from './pick-random.js';

/** Any, with equal chances. */
export class RandomStrategy implements AssignmentStrategy {
  constructor(private readonly random = Math.random) {}

  select(_room: AssignmentRoom, candidates: readonly Candidate[]): Candidate | undefined {
    return pickRandom(candidates, this.random);
  }
}
