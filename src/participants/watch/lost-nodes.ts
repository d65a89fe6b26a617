import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { Clock } from '../../common/clock.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { OccupancyWatch } from './occupancy-watch.js';

const DUTY_MS = 1_000;
/** How often sessions are looked for whose nodes are known no longer. */
const SCAN_MS = 10_000;
const BATCH = 200;

/** Ends the sessions of nodes that are given up or gone. A node that is merely silent, or answers nothing, ends none. */
@Injectable()
export class LostNodes {
  /** Those whose sessions this instance has ended, by id, with the heartbeat after which they were given up. */
  private ended = new Map<string, number>();
  /** On the monotonic clock. */
  private scannedAt = -Infinity;

  constructor(
    private readonly nodes: ErizoControllersService,
    private readonly repository: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly occupancy: OccupancyWatch,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
    leader: Leader,
  ) {
    leader.duty('Sessions of lost nodes', {
      everyMs: DUTY_MS,
      work: () => this.work(),
      onBegin: () => {
        this.ended = new Map();
        this.scannedAt = -Infinity;
      },
    });
  }

  private async work(): Promise<void> {
    const lost = await this.nodes.findLost();
    const before = this.ended;
    const ended = new Map<string, number>();
    for (const { _id, lastSeen } of lost) {
      const id = _id.toHexString();
      if (before.get(id) !== lastSeen.getTime()) await this.end(_id);
      ended.set(id, lastSeen.getTime());
    }
    this.ended = ended;
    for (const id of before.keys()) {
      if (!ended.has(id)) await this.occupancy.lookOn(new Types.ObjectId(id));
    }
    if (this.clock.monotonic() - this.scannedAt >= SCAN_MS) await this.scan();
  }

  /** Looks at each node on which somebody is. */
  private async scan(): Promise<void> {
    this.scannedAt = this.clock.monotonic();
    const occupied: Types.ObjectId[] = [];
    for (let node = await this.repository.findNodeAfter(); node;) {
      occupied.push(node);
      node = await this.repository.findNodeAfter(node);
    }
    if (occupied.length === 0) return;
    // Asked after that: whoever is on a node came when it was known.
    const known = await this.nodes.findAll();
    const ids = new Set(
      known
        .filter(({ givenUp, lastSeen }) => givenUp?.getTime() !== lastSeen.getTime())
        .map(({ _id }) => _id.toHexString()),
    );
    for (const node of occupied) if (!ids.has(node.toHexString())) await this.end(node);
  }

  private async end(node: Types.ObjectId): Promise<void> {
    for (;;) {
      const open = await this.repository.findOpenOn(node, BATCH);
      const at = new Date(this.databaseClock.now());
      await this.sessions.endAll(open, { reason: 'node_lost', at });
      if (open.length < BATCH) return;
    }
  }
}
