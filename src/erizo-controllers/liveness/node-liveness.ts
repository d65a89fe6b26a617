import { Logger } from '@nestjs/common';
import type { Clock } from '../../common/clock.js';
import type { ErizoController } from '../erizo-controller.js';
import type { ErizoControllersRepository } from '../erizo-controllers.repository.js';
import { CachedValue } from './cached-value.js';
import { SelfPreservation } from './self-preservation.js';
import { Sightings, type Heard } from './sightings.js';

/** How old the registry in memory may be: one or two reads a second, whatever the load; more for a short time-out. */
const MAX_SNAPSHOT_MS = 900;
const SNAPSHOT_TIMEOUTS = 0.09;
/** A registry that was not read for so long, in time-outs, was not watched: this process was stopped, or had no database. */
const ABSENCE_TIMEOUTS = 0.3;
/** A node that is silent for this long is forgotten, and loses its rooms. */
export const RETENTION_MS = 3_600_000;

export interface Snapshot {
  /** By their ids, as hex. */
  alive: ReadonlyMap<string, ErizoController>;
  /** Those that new rooms may be given to, oldest first. */
  candidates: ErizoController[];
  /** Those to be given up, which no instance has done yet. */
  dead: ErizoController[];
  /** Those that were given up, and have been heard from since. */
  recovered: ErizoController[];
  /** Those that were given up. */
  lost: ErizoController[];
  /** Those that were silent for the whole retention, during which this process has listened. */
  forgotten: ErizoController[];
}

interface LivenessOptions {
  timeoutMs: number;
  /** Whether nodes that are full are no candidates. */
  refuseFull: boolean;
}

type Registry = Pick<ErizoControllersRepository, 'findRegistered'>;

/**
 * Who is alive: a node whose last heartbeat is younger than the time-out, or that self-preservation holds. Nobody is
 * dead for what this process has not heard while it was away; once one instance, which did listen, has given a node up,
 * it is dead for all until its next heartbeat.
 */
export class NodeLiveness {
  private readonly logger = new Logger('ErizoControllersService');
  private readonly selfPreservation: SelfPreservation;
  private readonly sightings: Sightings;
  private readonly snapshot: CachedValue<Snapshot>;
  /** Set once the registry is read again and again: a pause in it is an absence then. */
  private watching = false;
  private readAt?: number;

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly options: LivenessOptions,
  ) {
    this.selfPreservation = new SelfPreservation(options.timeoutMs);
    this.sightings = new Sightings(clock);
    const snapshotMs = Math.min(MAX_SNAPSHOT_MS, options.timeoutMs * SNAPSHOT_TIMEOUTS);
    this.snapshot = new CachedValue(() => this.read(), clock, snapshotMs);
    this.startListening();
  }

  /** Whatever was sent until now went unheard. */
  startListening(): void {
    this.selfPreservation.missHeartbeats(this.clock.monotonic(), -Infinity);
    this.selfPreservation.missBrokerHeartbeats(this.clock.monotonic(), -Infinity);
  }

  /** The registry is asked for regularly from now on. */
  watch(): void {
    this.startListening();
    this.readAt = this.clock.monotonic();
    this.watching = true;
  }

  /** What is known, at most 0.9 s old. @throws what the database throws */
  get(): Promise<Snapshot> {
    return this.snapshot.get();
  }

  /** Lets the next `get` see what was written before this call. */
  invalidate(): void {
    this.snapshot.invalidate();
  }

  /** Whether a node that has just been read was heard from within the time-out. */
  isHeard(node: ErizoController): boolean {
    return this.isFresh({ node, heardAt: this.sightings.heardAt(node) }, this.clock.monotonic());
  }

  /** Heartbeats of nodes on the broker may be lost here, since so long: the nodes are not to blame for their silence. */
  missBrokerHeartbeats(sinceMs = 0): void {
    const now = this.clock.monotonic();
    this.selfPreservation.missBrokerHeartbeats(now, now - sinceMs);
  }

  /** Whether silent nodes are taken as alive. As of the last look. */
  get evictionsHeld(): boolean {
    return this.selfPreservation.heldCount > 0;
  }

  /** While the database fails heartbeats are lost here: nodes are not to blame for their silence then. */
  async trackOutage<T>(query: () => Promise<T>): Promise<T> {
    try {
      return await query();
    } catch (error) {
      this.selfPreservation.missHeartbeats(this.clock.monotonic(), this.readAt);
      throw error;
    }
  }

  private async read(): Promise<Snapshot> {
    const now = this.clock.monotonic();
    const registered = await this.trackOutage(() => this.registry.findRegistered());
    this.noteAbsence(now);
    const known = this.sightings.look(registered, now);
    const horizon = this.selfPreservation.horizon(now);
    const living = known.filter(({ node, heardAt }) => !isGivenUp(node) && heardAt >= horizon);
    const held = this.judge(living, now);
    const alive = living.filter(
      (heard) => this.isFresh(heard, now) || held.has(heard.node._id.toHexString()),
    );
    const usable = alive.filter(({ node }) => this.isUsable(node));
    const heard = usable.filter((each) => this.isFresh(each, now));
    const ids = new Map(alive.map(({ node }) => [node._id.toHexString(), node]));
    return {
      alive: ids,
      candidates: (heard.length > 0 ? heard : usable).map(({ node }) => node),
      dead: registered.filter((node) => !isGivenUp(node) && !ids.has(node._id.toHexString())),
      recovered: alive.map(({ node }) => node).filter(({ givenUp }) => givenUp !== undefined),
      lost: registered.filter(isGivenUp),
      forgotten: known
        .filter((each) => this.selfPreservation.silenceOf(each, now) > RETENTION_MS)
        .map(({ node }) => node),
    };
  }

  private noteAbsence(now: number): void {
    const { readAt = now } = this;
    if (this.watching && now - readAt > this.options.timeoutMs * ABSENCE_TIMEOUTS) {
      this.selfPreservation.missHeartbeats(now, readAt);
    }
    this.readAt = now;
  }

  private isFresh({ node, heardAt }: Heard, now: number): boolean {
    return !isGivenUp(node) && now - heardAt <= this.options.timeoutMs;
  }

  private isUsable({ draining, state }: ErizoController): boolean {
    return !draining && !(this.options.refuseFull && state === 0);
  }

  private judge(nodes: readonly Heard[], now: number): ReadonlySet<string> {
    const before = this.evictionsHeld;
    const held = this.selfPreservation.judge(nodes, now);
    if (this.evictionsHeld && !before) {
      this.logger.warn(
        `${held.size} of ${nodes.length} nodes are silent: evictions are held, since the fault is likely here or on the broker`,
      );
    } else if (before && !this.evictionsHeld) {
      this.logger.log('Evictions are no longer held');
    }
    return held;
  }
}

/** Whether an instance has given the node up since its last heartbeat. */
function isGivenUp({ givenUp, lastSeen }: ErizoController): boolean {
  return givenUp?.getTime() === lastSeen.getTime();
}
