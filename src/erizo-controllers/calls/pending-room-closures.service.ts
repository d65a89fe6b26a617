import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Types } from 'mongoose';
import { Clock } from '../../common/clock.js';
import { ErizoControllersService } from '../erizo-controllers.service.js';
import { RETENTION_MS } from '../liveness/node-liveness.js';
import type { PendingRoomClosure } from '../schemas/pending-room-closure.schema.js';
import { NodeClient } from './node-client.js';
import { PendingRoomClosuresRepository } from './pending-room-closures.repository.js';

/** Time between sweeps: each is one read of a collection that is nearly always empty. */
const SWEEP_MS = 3_000;
/** How many calls are ended at the same time. */
const PARALLEL = 10;
/** How many a sweep tries at the same time. */
const BATCH = 50;
/** Longer than a call to a node takes, so that no other instance tries meanwhile. */
const CLAIM_MS = 10_000;

/** An outbox: ends the live calls of deleted rooms, now or when their node is heard from again. */
@Injectable()
export class PendingRoomClosuresService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PendingRoomClosuresService.name);
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;
  private stopping = false;
  /** Since when, on the monotonic clock, no node of this id was known. */
  private unknown = new Map<string, number>();

  constructor(
    private readonly repository: PendingRoomClosuresRepository,
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.logger.debug(`Left for the next sweep: ${String(error)}`))
        .finally(() => (this.sweeping = undefined));
    }, SWEEP_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /**
   * Ends the room's call on its node. When the node can't be reached, the closure stays pending for as long as the node
   * is known, and an hour.
   *
   * @throws only what the database throws
   */
  end(nodeId: Types.ObjectId, roomId: string): Promise<void> {
    return this.endAll([{ controllerId: nodeId, roomId }]);
  }

  /** As `end`, for many rooms: a few at a time, and no second try of a node that has failed. */
  async endAll(calls: { controllerId: Types.ObjectId; roomId: string }[]): Promise<void> {
    const failed = new Set<string>();
    const queue = calls.values();
    const work = async (): Promise<void> => {
      for (const { controllerId: nodeId, roomId } of queue) {
        const id = nodeId.toHexString();
        if (!failed.has(id) && (await this.tryToEnd(nodeId, roomId))) continue;
        failed.add(id);
        await this.repository.save(roomId, nodeId, new Date(this.clock.now()));
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, calls.length) }, work));
  }

  /** Tries again what is left, on nodes that are alive. What is left on dead ones costs nothing. */
  async sweep(): Promise<void> {
    const nodes = await this.repository.findNodes();
    if (nodes.length === 0) return;
    const alive = await this.nodes.aliveIds();
    const back = nodes.filter((id) => alive.has(id.toHexString()));
    if (back.length < nodes.length) await this.forgetUnknown(nodes);
    if (back.length === 0) return;
    for (;;) {
      const due = await this.repository.findDue(back, new Date(this.clock.now()), BATCH);
      await Promise.all(due.map((closure) => this.retry(closure)));
      // What was tried is not due again for a while, so the loop ends.
      if (due.length < BATCH || this.stopping) return;
    }
  }

  /** A node that nobody has known for an hour does not come back. */
  private async forgetUnknown(nodes: Types.ObjectId[]): Promise<void> {
    const registered = await this.nodes.findAll();
    const known = new Set(registered.map(({ _id }) => _id.toHexString()));
    const now = this.clock.monotonic();
    const before = this.unknown;
    this.unknown = new Map();
    for (const node of nodes) {
      const id = node.toHexString();
      if (known.has(id)) continue;
      const since = before.get(id) ?? now;
      if (now - since > RETENTION_MS) await this.repository.removeOf(node);
      else this.unknown.set(id, since);
    }
  }

  private async retry(closure: PendingRoomClosure): Promise<void> {
    const { _id, erizoController } = closure;
    const until = new Date(this.clock.now() + CLAIM_MS);
    if (!(await this.repository.claim(closure, until))) return;
    if (await this.tryToEnd(erizoController, _id)) await this.repository.remove(_id);
  }

  private async tryToEnd(nodeId: Types.ObjectId, roomId: string): Promise<boolean> {
    const node = await this.nodes.findAlive(nodeId);
    if (!node) return false;
    try {
      await this.client.deleteRoom(node, roomId);
      return true;
    } catch (error) {
      this.logger.debug(`The call of room ${roomId} is to be ended later: ${String(error)}`);
      return false;
    }
  }
}
