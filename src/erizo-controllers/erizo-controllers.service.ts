import { Injectable, Logger } from '@nestjs/common';
import { Types } from 'mongoose';
import { Clock } from '../common/clock.js';
import { isMadeBy } from '../common/conditional/guarded.js';
import { ApiException } from '../common/errors/api.exception.js';
import { Environment } from '../config/environment.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import type { ErizoController, ErizoControllerState } from './erizo-controller.js';
import {
  type ChangeOrigin,
  ErizoControllersRepository,
  type ErizoControllerChanges,
  type HeartbeatReport,
  type Registration,
} from './erizo-controllers.repository.js';
import { MAX_LABELS, mergeLabels, type LabelChanges } from './labels.js';
import { CandidateWaiters } from './liveness/candidate-waiters.js';
import { NodeLiveness } from './liveness/node-liveness.js';
import { NodeEvents } from './node-events.js';
import { hostKeyIn, hostKeyOf, hostOf, nodeIdOf } from './node-host.js';

/** What may change of a node; null removes, a label too. */
export interface NodeChanges extends Omit<ErizoControllerChanges, 'labels'> {
  labels?: LabelChanges | null;
}

/** Licode's nodes send a heartbeat each second: none is restarted within this time of its last. */
const RESTART_MS = 2_000;

const BACKLOG_RETRY_SECONDS = 5;

/**
 * The registry of nodes. A heartbeat is all it takes to be alive again, with id and rooms. After an hour of silence a
 * node is forgotten.
 */
@Injectable()
export class ErizoControllersService {
  private readonly logger = new Logger(ErizoControllersService.name);
  /** How often a node is told to send a heartbeat, so that two may be lost. Licode's nodes send one each second. */
  readonly heartbeatSeconds: number;
  private readonly liveness: NodeLiveness;
  private readonly waiters: CandidateWaiters;

  constructor(
    private readonly repository: ErizoControllersRepository,
    private readonly clock: Clock,
    { controllerTimeoutSeconds, refuseFullControllers }: Environment,
    private readonly events: NodeEvents,
  ) {
    this.heartbeatSeconds = Math.floor((controllerTimeoutSeconds / 3) * 10) / 10;
    this.liveness = new NodeLiveness(repository, clock, {
      timeoutMs: controllerTimeoutSeconds * 1000,
      refuseFull: refuseFullControllers,
    });
    this.waiters = new CandidateWaiters(() => {
      this.liveness.invalidate();
      return this.candidates();
    });
  }

  /**
   * Takes a node in, idempotently by host and port: a known one keeps its id, its rooms and its draining,
   * and starts anew in everything else. One that is known by its address may come with a name, and the other way round.
   *
   * @param options.takeOver lets a node of another service be taken: for the superservice
   * @throws NODE_TAKEN when host and port belong to another service. A registration without
   *   a service comes from the broker, whose members are trusted as the superservice is, but not to take the place of a
   *   node that lives.
   * @throws EVENT_BACKLOG when it has registered so often that nobody has fetched the events of that yet
   */
  async register(
    node: Registration,
    { takeOver = false }: { takeOver?: boolean } = {},
  ): Promise<ErizoController> {
    const neighbours = await this.repository.findAt(node);
    const known = sameMachine(node, neighbours);
    const isOthers = known !== undefined && String(known.service) !== String(node.service);
    const isLeft = known !== undefined && !this.liveness.isHeard(known);
    const mayTake = takeOver || (node.service === undefined && isLeft);
    if (isOthers && !mayTake) throw new ApiException('NODE_TAKEN');
    if (known) await this.checkBacklog(known._id);
    let entries: OutboxEntry[] = [];
    const registered = await this.repository.upsert(node, this.now(), {
      onlyOwn: !mayTake,
      knownAs: known && hostKeyOf(known),
      eventsOf: (newId) =>
        (entries = this.events.of('node.registered', { ...node, _id: known?._id ?? newId })),
    });
    if (!registered) throw new ApiException('NODE_TAKEN');
    this.events.written(entries);
    this.warn(registered, known, neighbours);
    this.changed();
    return registered;
  }

  /** Logs machines that cannot be told apart, here or by clients. */
  private warn(
    registered: ErizoController,
    before: ErizoController | undefined,
    neighbours: ErizoController[],
  ): void {
    const id = registered._id.toHexString();
    for (const other of neighbours) {
      if (other._id.equals(registered._id) || !this.liveness.isHeard(other)) continue;
      this.logger.warn(
        `Nodes ${id} and ${other._id.toHexString()} give one public address: ${hostOf({ ...registered, hostname: '' })}`,
      );
    }
    if (before && this.isOnTwoMachines(before, registered)) {
      this.logger.warn(
        `Node ${id} has registered while it lives: two machines may give ${hostOf(registered)} as their public address`,
      );
    }
  }

  /** A node that registers again was restarted: it responds where it did before, and has sent no heartbeat just now. */
  private isOnTwoMachines(before: ErizoController, now: ErizoController): boolean {
    if (!this.liveness.isHeard(before)) return false;
    if (before.controlUrl !== undefined || now.controlUrl !== undefined) {
      return before.controlUrl !== now.controlUrl;
    }
    return this.clock.now() - before.lastSeen.getTime() < RESTART_MS;
  }

  /**
   * Takes a heartbeat: one small write, which lingers for a moment so that others can join it. A node that was given up
   * within the hour is back with it.
   *
   * @returns false for a node that is unknown, or not of this owner
   */
  keepAlive(
    id: Types.ObjectId,
    report: HeartbeatReport = {},
    owner?: Types.ObjectId,
  ): Promise<boolean> {
    return this.liveness.trackOutage(() =>
      this.repository.saveHeartbeat(id, this.now(), report, owner),
    );
  }

  /** @returns false for a node that is unknown */
  async setState(id: Types.ObjectId, state: ErizoControllerState): Promise<boolean> {
    const node = await this.repository.update(id, { state }, { now: this.now() });
    this.changed();
    return node !== null;
  }

  /**
   * Changes what is given; labels are merged into those that there are.
   *
   * @throws NODE_NOT_FOUND, also for a node of another owner; INVALID_REQUEST for too many labels; EVENT_BACKLOG
   */
  async update(
    id: Types.ObjectId,
    { labels, ...changes }: NodeChanges,
    origin: ChangeOrigin = {},
  ): Promise<ErizoController> {
    const node =
      labels || changes.draining !== undefined
        ? await this.updateOver(id, { labels, ...changes }, origin)
        : await this.write(id, { labels, ...changes }, origin);
    this.changed();
    return node;
  }

  /** Writes over the labels and the draining that were read, and reads them again when others were faster. */
  private async updateOver(
    id: Types.ObjectId,
    { labels: given, ...changes }: NodeChanges,
    origin: ChangeOrigin,
  ): Promise<ErizoController> {
    for (;;) {
      const read = await this.findOne(id, origin.owner);
      if (isMadeBy(origin.changeId, read)) return read;
      const labels = given ? mergeLabels(read.labels, given) : given;
      if (labels && Object.keys(labels).length > MAX_LABELS) throw tooManyLabels();
      const entries = await this.eventsOfDraining(read, changes.draining);
      const change = { ...changes, labels };
      const node = await this.repository.update(id, change, {
        now: this.now(),
        ...origin,
        ...(given && { overLabels: read.labels ?? null }),
        ...(changes.draining !== undefined && { overDraining: read.draining, entries }),
      });
      if (!node) continue;
      this.events.written(entries);
      return node;
    }
  }

  private async eventsOfDraining(
    node: ErizoController,
    draining: boolean | undefined,
  ): Promise<OutboxEntry[]> {
    if (draining === undefined || draining === node.draining) return [];
    await this.checkBacklog(node._id);
    return this.events.of('node.draining', node, { draining });
  }

  private async checkBacklog(id: Types.ObjectId): Promise<void> {
    if (await this.repository.hasRoomForEvents(id)) return;
    throw new ApiException('EVENT_BACKLOG', { retryAfterSeconds: BACKLOG_RETRY_SECONDS });
  }

  private async write(
    id: Types.ObjectId,
    changes: ErizoControllerChanges,
    origin: ChangeOrigin,
  ): Promise<ErizoController> {
    const changed = await this.repository.update(id, changes, { now: this.now(), ...origin });
    if (changed) return changed;
    const node = await this.repository.find(id, origin.owner);
    return orNotFound(node && isMadeBy(origin.changeId, node) ? node : null);
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

  /** Whether there is such a node, alive or dead: others are forgotten. */
  async knows(id: Types.ObjectId): Promise<boolean> {
    return (await this.repository.find(id)) !== null;
  }

  /** @throws NODE_NOT_FOUND, also for a node of another owner */
  async findOne(id: Types.ObjectId, owner?: Types.ObjectId): Promise<ErizoController> {
    return orNotFound(await this.repository.find(id, owner));
  }

  /** Whether this service registered the node that tokens name so; what it was up to a second ago. */
  async ownsHost(service: Types.ObjectId, host: string): Promise<boolean> {
    const key = hostKeyIn(host);
    const { alive } = await this.liveness.get();
    const node = alive.get(nodeIdOf(key).toHexString());
    if (node?.service?.equals(service) && hostKeyOf(node) === key) return true;
    // It has come a moment ago, was known by another name, or is silent.
    return this.repository.ownsHost(service, host);
  }

  /** The node if it may be given to callers; draining ones may, for the rooms that they hold. */
  async findAlive(id: Types.ObjectId): Promise<ErizoController | null> {
    const { alive } = await this.liveness.get();
    const seen = alive.get(id.toHexString());
    if (seen) return seen;
    // It may have come since the snapshot: calling it dead would split a room over two nodes.
    const node = await this.repository.find(id);
    return node && this.liveness.isHeard(node) ? node : null;
  }

  /** Alive and not draining, oldest first. When evictions are held, those really heard from alone if any. */
  async candidates(): Promise<ErizoController[]> {
    return (await this.liveness.get()).candidates;
  }

  /**
   * Waits until there is a candidate. A registration here is seen at once, one with another instance within
   * about 50 ms.
   *
   * @param options.excluding candidates that do not count
   * @param options.signal ends the wait
   * @returns false when the time is up
   */
  waitForCandidate(
    timeoutMs: number,
    { excluding = [], signal }: { excluding?: Types.ObjectId[]; signal?: AbortSignal } = {},
  ): Promise<boolean> {
    return this.waiters.wait(
      (candidates) => candidates.some(({ _id }) => !excluding.some((id) => id.equals(_id))),
      timeoutMs,
      signal,
    );
  }

  /** `look` is called regularly from now on: a pause in it is an absence of this process, for which no node is dead. */
  watch(): void {
    this.liveness.watch();
  }

  /** The node tells who comes and goes. */
  async setReporting({ _id }: ErizoController): Promise<void> {
    await this.repository.setReporting(_id);
    this.changed();
  }

  /** Those that were given up, and were not heard from since. */
  async findLost(): Promise<ErizoController[]> {
    return (await this.liveness.get()).lost;
  }

  /**
   * Gives up nodes that have died, for all instances, forgets those that were silent for too long, and tells of those that are
   * back.
   */
  async look(): Promise<void> {
    const { dead, recovered, forgotten } = await this.liveness.get();
    await Promise.all([
      ...dead.map((node) => this.tell('node.lost', node)),
      ...recovered.map((node) => this.tell('node.recovered', node)),
    ]);
    for (const node of forgotten) {
      if (!(await this.repository.forget(node))) continue;
      this.logger.log(`Node ${node._id.toHexString()} is forgotten: ${hostOf(node)}`);
    }
  }

  private async tell(type: 'node.lost' | 'node.recovered', node: ErizoController): Promise<void> {
    const entries = this.events.of(type, node);
    const isNew =
      type === 'node.lost'
        ? await this.repository.giveUp(node, entries)
        : await this.repository.recover(node, entries);
    if (isNew) this.events.written(entries);
  }

  /** Heartbeats of nodes on the broker may be lost here, since so long: the nodes are not to blame for it. */
  missBrokerHeartbeats(sinceMs?: number): void {
    this.liveness.missBrokerHeartbeats(sinceMs);
  }

  /** Whether silent nodes are taken as alive. As of the last look. */
  get evictionsHeld(): boolean {
    return this.liveness.evictionsHeld;
  }

  /** The ids, as hex, of the nodes that count as alive. */
  async aliveIds(): Promise<ReadonlySet<string>> {
    return new Set((await this.liveness.get()).alive.keys());
  }

  private changed(): void {
    this.liveness.invalidate();
    this.waiters.notify();
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function tooManyLabels(): ApiException {
  return ApiException.ofFields(['labels'], `labels must not be more than ${MAX_LABELS}`);
}

/** The known node that one which registers is; the two may differ in having a name. */
function sameMachine(
  node: Registration,
  neighbours: ErizoController[],
): ErizoController | undefined {
  const key = hostKeyOf(node);
  const address = hostKeyOf({ ...node, hostname: '' });
  const same = neighbours.find((each) => hostKeyOf(each) === key);
  if (same) return same;
  // One without a name may be any of those with one; one with a name is what had none.
  const others = neighbours.filter((each) => key === address || hostKeyOf(each) === address);
  return others.length === 1 ? others[0] : undefined;
}

function orNotFound(node: ErizoController | null): ErizoController {
  if (!node) throw new ApiException('NODE_NOT_FOUND');
  return node;
}
