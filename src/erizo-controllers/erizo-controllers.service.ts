import { Injectable, Logger } from '@nestjs/common';
import { Types } from 'mongoose';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { Environment } from '../config/environment.js';
import { CandidateWaiters } from './candidate-waiters.js';
import type { ErizoController, ErizoControllerState } from './erizo-controller.js';
import {
  ErizoControllersRepository,
  type ErizoControllerChanges,
  type HeartbeatReport,
  type Registration,
} from './erizo-controllers.repository.js';
import { EvictionGuard } from './eviction-guard.js';
import { RecentValue } from './recent-value.js';

export type { ErizoControllerChanges, HeartbeatReport, Registration };

/** How old the copy of the registry in memory may be: one or two reads a second, whatever the load. */
const SNAPSHOT_MS = 900;

interface Snapshot {
  alive: Map<string, ErizoController>;
  candidates: ErizoController[];
}

/**
 * The registry of nodes. A node is alive while its last beat is younger than the time-out, or while
 * EvictionGuard holds it; nothing marks it dead, so a beat is all it takes to come back with its id and
 * rooms. After an hour of silence the database removes it.
 */
@Injectable()
export class ErizoControllersService {
  private readonly logger = new Logger(ErizoControllersService.name);
  /** How often a node is told to beat, so that two beats may be lost. Licode's nodes beat each second. */
  readonly keepAliveSeconds: number;
  private readonly timeoutMs: number;
  private readonly refuseFull: boolean;
  private readonly guard: EvictionGuard;
  private readonly snapshot: RecentValue<Snapshot>;
  private readonly waiters: CandidateWaiters;

  constructor(
    private readonly repository: ErizoControllersRepository,
    private readonly clock: Clock,
    { controllerTimeoutSeconds, refuseFullControllers }: Environment,
  ) {
    this.timeoutMs = controllerTimeoutSeconds * 1000;
    this.keepAliveSeconds = Math.floor((controllerTimeoutSeconds / 3) * 10) / 10;
    this.refuseFull = refuseFullControllers;
    this.guard = new EvictionGuard(this.timeoutMs);
    this.snapshot = new RecentValue(() => this.readSnapshot(), clock, SNAPSHOT_MS);
    this.waiters = new CandidateWaiters(() => {
      this.snapshot.invalidate();
      return this.candidates();
    });
  }

  /**
   * Takes a node in, idempotently by host and port: a known one keeps its id, its rooms and its draining,
   * and starts anew in everything else.
   *
   * @param options.takeOver lets a node of another service be taken: for the superservice
   * @throws ERIZO_CONTROLLER_TAKEN when host and port belong to another service. A registration without
   *   a service comes from the bus, whose members are trusted as the superservice is.
   */
  async register(
    node: Registration,
    { takeOver = false }: { takeOver?: boolean } = {},
  ): Promise<ErizoController> {
    const onlyOwn = node.service !== undefined && !takeOver;
    const registered = await this.repository.upsert(node, this.now(), onlyOwn);
    if (!registered) throw new ApiException('ERIZO_CONTROLLER_TAKEN');
    this.changed();
    return registered;
  }

  /**
   * Takes a beat: one small write, for which it waits a moment for others. A node that was given up within the hour is
   * back with it.
   *
   * @returns false for a node that is unknown, or not of this owner
   */
  keepAlive(
    id: Types.ObjectId,
    report: HeartbeatReport = {},
    owner?: Types.ObjectId,
  ): Promise<boolean> {
    return this.excusing(() => this.repository.beat(id, this.now(), report, owner));
  }

  /** @returns false for a node that is unknown */
  async setState(id: Types.ObjectId, state: ErizoControllerState): Promise<boolean> {
    const node = await this.repository.update(id, { state });
    this.changed();
    return node !== null;
  }

  /** @throws ERIZO_CONTROLLER_NOT_FOUND, also for a node of another owner */
  async update(
    id: Types.ObjectId,
    changes: ErizoControllerChanges,
    owner?: Types.ObjectId,
  ): Promise<ErizoController> {
    const node = known(await this.repository.update(id, changes, owner));
    this.changed();
    return node;
  }

  /** @returns false for a node that is unknown, or not of this owner */
  async remove(id: Types.ObjectId, owner?: Types.ObjectId): Promise<boolean> {
    const removed = await this.repository.remove(id, owner);
    this.changed();
    return removed;
  }

  /** Forgets all nodes of an owner. */
  async removeOwned(owner: Types.ObjectId): Promise<void> {
    await this.repository.removeOwned(owner);
    this.changed();
  }

  /** All that are known, dead ones too, oldest first. */
  findAll(owner?: Types.ObjectId): Promise<ErizoController[]> {
    return this.repository.findAll(owner);
  }

  /** @throws ERIZO_CONTROLLER_NOT_FOUND, also for a node of another owner */
  async findOne(id: Types.ObjectId, owner?: Types.ObjectId): Promise<ErizoController> {
    return known(await this.repository.find(id, owner));
  }

  /** The node, known or dead, or null. */
  find(id: Types.ObjectId): Promise<ErizoController | null> {
    return this.repository.find(id);
  }

  /** Whether this service registered the node that tokens call so. */
  ownsHost(service: Types.ObjectId, host: string): Promise<boolean> {
    return this.repository.ownsHost(service, host);
  }

  /** The node if it may be given to callers; draining ones may, for the rooms that they hold. */
  async findAlive(id: Types.ObjectId): Promise<ErizoController | null> {
    const { alive } = await this.snapshot.get();
    const seen = alive.get(id.toHexString());
    if (seen) return seen;
    // It may have come since the snapshot: calling it dead would split a room over two nodes.
    const node = await this.repository.find(id);
    return node && this.isHeard(node) ? node : null;
  }

  /** Alive and not draining, oldest first. When evictions are held, those really heard from alone if any. */
  async candidates(): Promise<ErizoController[]> {
    return (await this.snapshot.get()).candidates;
  }

  /**
   * Waits until there is a candidate. A registration here is seen at once, one with another copy within
   * about 50 ms.
   *
   * @param options.excluding candidates that do not count
   * @returns false when the time is up
   */
  waitForCandidate(
    timeoutMs: number,
    { excluding = [] }: { excluding?: Types.ObjectId[] } = {},
  ): Promise<boolean> {
    return this.waiters.wait(
      (candidates) => candidates.some(({ _id }) => !excluding.some((id) => id.equals(_id))),
      timeoutMs,
    );
  }

  /** Tells that beats of nodes on the bus may be lost here: they are not to blame for their silence. */
  missBusBeats(): void {
    this.guard.missBusBeats(this.clock.now());
  }

  /** Whether silent nodes are taken as alive because most fell silent at once. As of the last look. */
  get evictionsHeld(): boolean {
    return this.guard.heldCount > 0;
  }

  /** The ids, as hex, of the nodes that count as alive. */
  async aliveIds(): Promise<ReadonlySet<string>> {
    return new Set((await this.snapshot.get()).alive.keys());
  }

  private async readSnapshot(): Promise<Snapshot> {
    const now = this.clock.now();
    const since = new Date(this.guard.horizon(now));
    const nodes = await this.excusing(() => this.repository.findHeardSince(since));
    const held = this.judge(nodes, now);
    const alive = nodes.filter((node) => this.isHeard(node) || held.has(node._id.toHexString()));
    const usable = alive.filter(
      ({ draining, state }) => !draining && !(this.refuseFull && state === 0),
    );
    const heard = usable.filter((node) => this.isHeard(node));
    return {
      alive: new Map(alive.map((node) => [node._id.toHexString(), node])),
      candidates: heard.length > 0 ? heard : usable,
    };
  }

  /** Nodes are not to blame for the silence while the database fails. */
  private async excusing<T>(query: () => Promise<T>): Promise<T> {
    try {
      return await query();
    } catch (error) {
      this.guard.missBeats(this.clock.now());
      throw error;
    }
  }

  private judge(nodes: readonly ErizoController[], now: number): ReadonlySet<string> {
    const before = this.evictionsHeld;
    const held = this.guard.judge(nodes, now);
    if (this.evictionsHeld && !before) {
      this.logger.warn(
        `${held.size} of ${nodes.length} nodes are silent: evictions are held, since the fault is likely here or on the bus`,
      );
    } else if (before && !this.evictionsHeld) {
      this.logger.log('Evictions are no longer held');
    }
    return held;
  }

  private isHeard({ lastSeen }: ErizoController): boolean {
    return this.clock.now() - lastSeen.getTime() <= this.timeoutMs;
  }

  private changed(): void {
    this.snapshot.invalidate();
    this.waiters.notify();
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function known(node: ErizoController | null): ErizoController {
  if (!node) throw new ApiException('ERIZO_CONTROLLER_NOT_FOUND');
  return node;
}
