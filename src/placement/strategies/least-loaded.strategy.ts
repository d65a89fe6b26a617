import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';
import { pickRandom } from './pick-random.js';

/** The lowest load; any of them where several have it, since other instances see the same tie. */
export class LeastLoadedStrategy implements AssignmentStrategy {
  constructor(private readonly random = Math.random) {}

  select(_room: AssignmentRoom, candidates: readonly Candidate[]): Candidate | undefined {
    const lowest = candidates.reduce((least, { load }) => Math.min(least, load), Infinity);
    return pickRandom(
      candidates.filter(({ load }) => load === lowest),
      this.random,
    );
  }

  score(_room: AssignmentRoom, { load }: Candidate): number {
    return 0 - load;
  }
}
