import { Deafness } from './deafness.js';
import type { ErizoController } from './erizo-controller.js';

/** Fewer nodes than this can die together; one or two say nothing about us. */
const MIN_TOGETHER = 3;

/** Silences that began within half of the time-out are one event: it is many times a beat's interval. */
const TOGETHER_FRACTION = 0.5;

/**
 * How many time-outs a hold may last. A minute by default: longer than a broker's restart, a primary's
 * election or a deployment takes, and the longest that callers are sent to nodes that truly died.
 */
const HOLD_TIMEOUTS = 6;

/**
 * Holds evictions when the silence is more likely ours, or the bus's, than the nodes'.
 *
 * The rule: when three nodes or more fell silent within half a time-out of each other, and they are more
 * than half of all that were heard from at that time or since, they stay alive, until each was silent for
 * six time-outs more. It is judged on the times in the database alone, so that all copies decide the
 * same, even one that has just started. A node that never beat after its registration does not count.
 *
 * When the beats come back they come one by one, and those already back would outvote the rest: so those
 * that were held stay held for one time-out after the rule last applied.
 *
 * Where it is known that beats were lost here, since the database failed or, for nodes on it, the bus was
 * away, no rule is needed: whoever was alive when that began is alive until one time-out after it ended.
 */
export class EvictionGuard {
  private held = new Set<string>();
  private graceEnds = 0;
  private readonly deafness: Deafness;
  private readonly busDeafness: Deafness;

  constructor(private readonly timeoutMs: number) {
    this.deafness = new Deafness(timeoutMs);
    this.busDeafness = new Deafness(timeoutMs);
  }

  /** A node whose last beat is older than this is dead whatever the others do. */
  horizon(now: number): number {
    return Math.min(
      now - this.timeoutMs * (1 + HOLD_TIMEOUTS),
      this.deafness.excusedSince(now),
      this.busDeafness.excusedSince(now),
    );
  }

  /** Tells that a beat may have been lost here. */
  missBeats(now: number): void {
    this.deafness.note(now);
  }

  /** Tells that a beat of a node on the bus may have been lost. */
  missBusBeats(now: number): void {
    this.busDeafness.note(now);
  }

  /** How many nodes were held when last judged. */
  get heldCount(): number {
    return this.held.size;
  }

  /**
   * @param nodes all that were heard from since the horizon
   * @returns the ids, as hex, of those silent ones that are to be taken as alive
   */
  judge(nodes: readonly ErizoController[], now: number): ReadonlySet<string> {
    const silent = nodes.filter((node) => now - node.lastSeen.getTime() > this.timeoutMs);
    const together = this.fellSilentTogether(nodes, silent);
    if (together.size > 0) this.graceEnds = now + this.timeoutMs;
    const before = now < this.graceEnds ? this.held : new Set<string>();
    const excused = silent.filter((node) => {
      const id = node._id.toHexString();
      return together.has(id) || before.has(id) || this.wasDeafTo(node, now);
    });
    this.held = new Set(excused.map((node) => node._id.toHexString()));
    return this.held;
  }

  private wasDeafTo({ lastSeen, controlUrl }: ErizoController, now: number): boolean {
    const seen = lastSeen.getTime();
    const isOnBus = controlUrl === undefined;
    return (
      seen >= this.deafness.excusedSince(now) ||
      (isOnBus && seen >= this.busDeafness.excusedSince(now))
    );
  }

  private fellSilentTogether(
    nodes: readonly ErizoController[],
    silent: readonly ErizoController[],
  ): Set<string> {
    const found = new Set<string>();
    if (silent.length < MIN_TOGETHER) return found;
    const span = this.timeoutMs * TOGETHER_FRACTION;
    const beating = silent.filter(hasBeaten).sort(byLastSeen);
    const mute = new Set(silent.filter((node) => !hasBeaten(node)));
    const all = nodes
      .filter((node) => !mute.has(node))
      .map((node) => node.lastSeen.getTime())
      .sort((a, b) => a - b);
    let end = 0;
    let earlier = 0;
    for (const [start, first] of beating.entries()) {
      const from = first.lastSeen.getTime();
      while (end < beating.length && timeOf(beating[end]) <= from + span) end++;
      while (earlier < all.length && (all[earlier] ?? 0) < from) earlier++;
      const group = end - start;
      if (group >= MIN_TOGETHER && group * 2 > all.length - earlier) {
        for (const node of beating.slice(start, end)) found.add(node._id.toHexString());
      }
    }
    return found;
  }
}

function hasBeaten({ lastSeen, createdAt }: ErizoController): boolean {
  return lastSeen.getTime() !== createdAt.getTime();
}

function byLastSeen(a: ErizoController, b: ErizoController): number {
  return a.lastSeen.getTime() - b.lastSeen.getTime();
}

function timeOf(node: ErizoController | undefined): number {
  return node?.lastSeen.getTime() ?? Infinity;
}
