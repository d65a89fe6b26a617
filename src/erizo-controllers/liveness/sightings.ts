import type { Clock } from '../../common/clock.js';
import type { ErizoController } from '../erizo-controller.js';

/** A node, and when it was heard from last, by anybody, on this process's monotonic clock. */
export interface Heard {
  node: ErizoController;
  heardAt: number;
}

interface Sighting {
  lastSeen: number;
  heardAt: number;
}

/**
 * When nodes were heard from. The times in the database are those of many clocks, which may be wrong and may jump; so
 * they are believed only where they fit with what was seen from here: a heartbeat that is new since the last look came
 * after it, and none comes from the future. One that is not new is as old as it was, whatever the clocks say now.
 */
export class Sightings {
  private seen = new Map<string, Sighting>();
  private lookedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /**
   * Takes a look at the whole registry.
   *
   * @param at when it was asked for: what is not in it came later
   */
  look(nodes: readonly ErizoController[], at: number): Heard[] {
    const seen = new Map<string, Sighting>();
    const heard = nodes.map((node) => {
      const sighting = this.sighting(node);
      seen.set(node._id.toHexString(), sighting);
      return { node, heardAt: sighting.heardAt };
    });
    this.seen = seen;
    this.lookedAt = at;
    return heard;
  }

  /** When the node, which was read after the last look or in it, was heard from. */
  heardAt(node: ErizoController): number {
    const sighting = this.sighting(node);
    this.seen.set(node._id.toHexString(), sighting);
    return sighting.heardAt;
  }

  private sighting(node: ErizoController): Sighting {
    const lastSeen = node.lastSeen.getTime();
    const known = this.seen.get(node._id.toHexString());
    if (known?.lastSeen === lastSeen) return known;
    const ageMs = Math.max(0, this.clock.now() - lastSeen);
    return { lastSeen, heardAt: Math.max(this.clock.monotonic() - ageMs, this.lookedAt) };
  }
}
