import { Injectable, Logger } from '@nestjs/common';
import { Types } from 'mongoose';
import { DatabaseClock } from '../../database/database-clock.js';
import { NodeClient } from '../../erizo-controllers/calls/node-client.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { ErizoController } from '../../erizo-controllers/erizo-controller.js';
import type { Look } from './life-looks.js';

/** Rooms that one node is asked of at the same time. */
const PARALLEL = 4;

export interface LookedAt {
  look: Look;
  /** When the node was asked, by the database's clock. */
  at: number;
}

interface Waiting {
  roomId: string;
  resolve: (looked: LookedAt) => void;
}

interface NodeQueue {
  waiting: Waiting[];
  running: number;
}

/** Asks nodes whether somebody is in a room. Each node has a queue of its own, so that a slow one holds up no other. */
@Injectable()
export class NodeLooks {
  private readonly logger = new Logger(NodeLooks.name);
  private readonly queues = new Map<string, NodeQueue>();

  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly clock: DatabaseClock,
  ) {}

  /** A room that no node has, and one whose node nobody knows any more, is empty. */
  async look(roomId: string, nodeId: Types.ObjectId | undefined): Promise<LookedAt> {
    const node = nodeId && (await this.nodes.findAlive(nodeId));
    if (node) return this.ask(node, roomId);
    const at = this.clock.now();
    if (!nodeId) return { look: 'empty', at };
    const known = await this.nodes.findAll();
    const isKnown = known.some(({ _id }) => _id.equals(nodeId));
    // Its participants may be talking while it has lost us alone.
    return { look: isKnown ? 'silent' : 'empty', at };
  }

  private ask(node: ErizoController, roomId: string): Promise<LookedAt> {
    const id = node._id.toHexString();
    const queue = this.queues.get(id) ?? { waiting: [], running: 0 };
    this.queues.set(id, queue);
    return new Promise((resolve) => {
      queue.waiting.push({ roomId, resolve });
      if (queue.running < PARALLEL) void this.work(node, queue);
    });
  }

  private async work(node: ErizoController, queue: NodeQueue): Promise<void> {
    queue.running++;
    for (let next = queue.waiting.shift(); next; next = queue.waiting.shift()) {
      const at = this.clock.now();
      try {
        const users = await this.client.getUsersInRoom(node, next.roomId);
        next.resolve({ look: users.length > 0 ? 'occupied' : 'empty', at });
      } catch (error) {
        this.logger.debug(`Room ${next.roomId} is looked at later: ${String(error)}`);
        // The others would wait as long for the same.
        for (const { resolve } of [next, ...queue.waiting.splice(0)]) {
          resolve({ look: 'silent', at });
        }
      }
    }
    queue.running--;
    if (queue.running === 0) this.queues.delete(node._id.toHexString());
  }
}
