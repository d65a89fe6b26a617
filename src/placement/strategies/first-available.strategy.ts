import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';

/** Nuve's own: the node that registered first, until it says that it is nearly full. */
export class FirstAvailableStrategy implements AssignmentStrategy {
  select(_room: AssignmentRoom, [first]: readonly Candidate[]): Candidate | undefined {
    return first;
  }
}
