import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Types } from 'mongoose';
import { Clock } from '../common/clock.js';
import { ErizoControllersService } from './erizo-controllers.service.js';
import { RoomEndsRepository } from './room-ends.repository.js';
import { ErizoControllerClient } from './rpc/erizo-controller-client.js';
import type { RoomEnd } from './schemas/room-end.schema.js';

/** How often what is left is looked for: one read of a collection that is nearly always empty. */
const SWEEP_MS = 3_000;
/** What one sweep takes on; the rest is the next one's. */
const BATCH = 100;
/** Longer than a call to a node takes, so that no other copy tries meanwhile. */
const CLAIM_MS = 10_000;

/** Ends the live calls of deleted rooms, now or when their node is heard from again. */
@Injectable()
export class RoomEndsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RoomEndsService.name);
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;

  constructor(
    private readonly repository: RoomEndsRepository,
    private readonly controllers: ErizoControllersService,
    private readonly client: ErizoControllerClient,
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
    clearInterval(this.timer);
    await this.sweeping;
  }

  /**
   * Ends the room's call on its node. When the node can't be reached, remembers to do it for an hour.
   *
   * @throws only what the database throws
   */
  async end(controllerId: Types.ObjectId, roomId: string): Promise<void> {
    const node = await this.controllers.findAlive(controllerId);
    if (node) {
      try {
        return await this.client.deleteRoom(node, roomId);
      } catch (error) {
        this.logger.debug(`The call of room ${roomId} is to be ended later: ${String(error)}`);
      }
    }
    await this.repository.save(roomId, controllerId, new Date(this.clock.now()));
  }

  /** Tries again what is left, with the nodes that are alive. Those of dead ones cost nothing. */
  async sweep(): Promise<void> {
    const nodes = await this.repository.findNodes();
    if (nodes.length === 0) return;
    const alive = await this.controllers.aliveIds();
    const back = nodes.filter((id) => alive.has(id.toHexString()));
    if (back.length === 0) return;
    const due = await this.repository.findDue(back, new Date(this.clock.now()), BATCH);
    await Promise.all(due.map((end) => this.retry(end)));
  }

  private async retry(end: RoomEnd): Promise<void> {
    const until = new Date(this.clock.now() + CLAIM_MS);
    if (!(await this.repository.claim(end, until))) return;
    const node = await this.controllers.findAlive(end.erizoController);
    if (!node) return;
    try {
      await this.client.deleteRoom(node, end._id);
    } catch (error) {
      this.logger.debug(`The call of room ${end._id} is not ended yet: ${String(error)}`);
      return;
    }
    await this.repository.remove(end._id);
  }
}
