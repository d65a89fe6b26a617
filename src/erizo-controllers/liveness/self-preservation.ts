import type { ErizoController } from '../erizo-controller.js';
import { HeartbeatOutage } from './heartbeat-outage.js';
import type { Heard } from './sightings.js';

/** Fewer nodes than this can die together; one or two say nothing about us. */
const MIN_TOGETHER = 3;

/** Silences that began within half of the time-out are one event: it is many times a heartbeat's interval. */
const TOGETHER_FRACTION = 0.5;

/**
 * How many time-outs a hold may last. A minute by default: longer than a broker's restart, a primary's
 * election or a deployment takes, and the longest that callers are sent to nodes that truly died.
 */
const HOLD_TIMEOUTS = 6;

/**
 * Self-preservation, as Eureka has it: evictions are held when the silence is more likely ours, or the broker's, than the
 * nodes'.
 *
 * The rule: when three nodes or more fell silent within half a time-out of each other, and they are more
 * than half of all that were heard from at that time or since, they stay alive, until each was silent for
 * six time-outs more. A node that never sent a heartbeat after its registration does not count.
 *
 * When the heartbeats come back they come one by one, and those already back would outvote the rest: so those
 * that were held stay held for one time-out after the rule last applied.
 *
 * Where it is known that heartbeats were lost here, since this process has just started or was stopped, the database
 * failed or, for nodes on it, the broker was away, no rule is needed: whoever was alive when that began is alive
 * until one time-out after it ended, be it one node or a thousand.
 *
 * All times are of the monotonic clock, in milliseconds.
 */
export class SelfPreservation {
  private held = new Set<string>();
  private graceEnds = -Infinity;
  private readonly outage: HeartbeatOutage;
  private readonly brokerOutage: HeartbeatOutage;

  constructor(private readonly timeoutMs: number) {
    this.outage = new HeartbeatOutage(timeoutMs);
    this.brokerOutage = new HeartbeatOutage(timeoutMs);
  }

  /** A node that was last heard from before this is dead whatever the others do. */
  horizon(now: number): number {
    return Math.min(
      now - this.timeoutMs * (1 + HOLD_TIMEOUTS),
      this.outage.coversSince(now),
      this.brokerOutage.coversSince(now),
    );
  }

  /**
   * A heartbeat may have been lost here.
   *
   * @param from since when
   */
  missHeartbeats(now: number, from = now): void {
    this.outage.record(now, from);
  }

  /**
   * A heartbeat of a node on the broker may have been lost.
   *
   * @param from since when
   */
  missBrokerHeartbeats(now: number, from = now): void {
    this.brokerOutage.record(now, from);
  }

  /** How many nodes were held when last judged. */
  get heldCount(): number {
    return this.held.size;
  }

  /** For how long the node was silent while every heartbeat was heard. */
  silenceOf({ node, heardAt }: Heard, now: number): number {
    const hearingSince = Math.max(
      this.outage.endedAt,
      isOnBroker(node) ? this.brokerOutage.endedAt : -Infinity,
    );
    return now - Math.max(heardAt, hearingSince);
  }

  /**
   * @param nodes all that were heard from since the horizon
   * @returns the ids, as hex, of those silent ones that are to be taken as alive
   */
  judge(nodes: readonly Heard[], now: number): ReadonlySet<string> {
    const silent = nodes.filter(({ heardAt }) => now - heardAt > this.timeoutMs);
    const together = this.fellSilentTogether(nodes, silent);
    if (together.size > 0) this.graceEnds = now + this.timeoutMs;
    const before = now < this.graceEnds ? this.held : new Set<string>();
    const alive = silent.filter((heard) => {
      const id = heard.node._id.toHexString();
      return together.has(id) || before.has(id) || this.isCoveredByOutage(heard, now);
    });
    this.held = new Set(alive.map(({ node }) => node._id.toHexString()));
    return this.held;
  }

  private isCoveredByOutage({ node, heardAt }: Heard, now: number): boolean {
    return (
      heardAt >= this.outage.coversSince(now) ||
      (isOnBroker(node) && heardAt >= this.brokerOutage.coversSince(now))
    );
  }

  private fellSilentTogether(nodes: readonly Heard[], silent: readonly Heard[]): Set<string> {
    const together = new Set<string>();
    if (silent.length < MIN_TOGETHER) return together;
    const span = this.timeoutMs * TOGETHER_FRACTION;
    const regular = silent.filter(hasSentHeartbeat).sort((a, b) => a.heardAt - b.heardAt);
    const mute = new Set(silent.filter((heard) => !hasSentHeartbeat(heard)));
    const all = nodes
      .filter((heard) => !mute.has(heard))
      .map(({ heardAt }) => heardAt)
      .sort((a, b) => a - b);
    let end = 0;
    let earlier = 0;
    for (const [start, { heardAt: from }] of regular.entries()) {
      while (end < regular.length && timeOf(regular[end]) <= from + span) end++;
      while (earlier < all.length && (all[earlier] ?? 0) < from) earlier++;
      const group = end - start;
      if (group >= MIN_TOGETHER && group * 2 > all.length - earlier) {
        for (const { node } of regular.slice(start, end)) together.add(node._id.toHexString());
      }
    }
    return together;
  }
}

function isOnBroker({ controlUrl }: ErizoController): boolean {
  return controlUrl === undefined;
}

function hasSentHeartbeat({ node: { lastSeen, createdAt } }: Heard): boolean {
  return lastSeen.getTime() !== createdAt.getTime();
}

function timeOf(heard: Heard | undefined): number {
  return heard?.heardAt ?? Infinity;
}
