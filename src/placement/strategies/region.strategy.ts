import type {
  AssignmentContext,
  AssignmentRoom,
  AssignmentStrategy,
  Candidate,
} from '../assignment-strategy.js';
import { LeastLoadedStrategy } from './least-loaded.strategy.js';

/** The least loaded of the region that is asked for; of all, where none is there or none is asked for. */
export class RegionStrategy implements AssignmentStrategy {
  private readonly leastLoaded: LeastLoadedStrategy;

  constructor(random = Math.random) {
    this.leastLoaded = new LeastLoadedStrategy(random);
  }

  select(
    room: AssignmentRoom,
    candidates: readonly Candidate[],
    { region }: AssignmentContext,
  ): Candidate | undefined {
    const near = candidates.filter((candidate) => region && candidate.region === region);
    return this.leastLoaded.select(room, near.length > 0 ? near : candidates);
  }

  score(room: AssignmentRoom, candidate: Candidate): number {
    return this.leastLoaded.score(room, candidate);
  }
}
