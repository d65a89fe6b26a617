import type { AssignmentRoom, AssignmentStrategy, Candidate } from '../assignment-strategy.js';

/**
 * Highest random weight: the same room goes to the same node wherever it is asked, and a node that leaves
 * moves only its own rooms.
 */
export class RendezvousHashStrategy implements AssignmentStrategy {
  select(room: AssignmentRoom, candidates: readonly Candidate[]): Candidate | undefined {
    let best: Candidate | undefined;
    let highest = -1;
    for (const candidate of candidates) {
      const score = this.score(room, candidate);
      if (score > highest) [best, highest] = [candidate, score];
    }
    return best;
  }

  /** At least 0, less than 1. */
  score(room: AssignmentRoom, { _id }: Candidate): number {
    return hash(`${room._id.toHexString()}:${_id.toHexString()}`) / 2 ** 32;
  }
}

/** FNV-1a with MurmurHash3's finalizer, since FNV alone leaves ids that differ in one digit alike. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
