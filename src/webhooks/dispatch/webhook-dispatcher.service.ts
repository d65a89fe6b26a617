import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Types } from 'mongoose';
import { setTimeout } from 'node:timers/promises';
import { Clock } from '../../common/clock.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { Duty } from '../../database/leader/duty.js';
import { Leader } from '../../database/leader/leader.service.js';
import { EventLog } from '../../events/log/event-log.js';
import { DeliveriesRepository } from '../deliveries.repository.js';
import { WebhookSecrets } from '../webhook-secrets.js';
import { Deliverer } from './deliverer.service.js';
import { Endpoint } from './endpoint.js';
import { SendingLoad } from './sending-load.js';
import { TargetsRepository, type Notice } from './targets.repository.js';

const EVERY_MS = 1_000;
/** What was written down by a clock that is a little behind is not missed. */
const OVERLAP_MS = 15_000;
/** How often all are looked at, whatever clocks say. */
const ALL_EVERY_MS = 60_000;
/** How long requests under way may take once the process ends; what is not answered by then is sent again. */
const LAST_MS = 2_000;

/**
 * Has events sent to webhooks, on the one instance that leads. What is not settled when it ends is sent by the next: twice
 * perhaps, and never not at all. An instance that was frozen and goes on beside its successor sends for no longer than
 * what it has begun, and writes nothing that takes back what the other has written.
 */
@Injectable()
export class WebhookDispatcher implements OnModuleDestroy {
  private readonly load = new SendingLoad();
  private readonly duty: Duty;
  private endpoints = new Map<string, Endpoint>();
  /** By the database's clock. */
  private lookedAt = 0;
  /** By the monotonic clock. */
  private lookedAtAll = -Infinity;

  constructor(
    private readonly leader: Leader,
    private readonly deliverer: Deliverer,
    private readonly deliveries: DeliveriesRepository,
    private readonly targets: TargetsRepository,
    private readonly secrets: WebhookSecrets,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
  ) {
    this.duty = leader.duty('Sending to webhooks', {
      everyMs: EVERY_MS,
      onBegin: () => this.begin(),
      work: () => this.work(),
    });
  }

  /** Has it looked at once what was changed by this instance; others see it within a second. */
  look(): void {
    this.duty.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.duty.end();
    const endpoints = [...this.endpoints.values()];
    for (const endpoint of endpoints) endpoint.stop();
    const settled = Promise.all(endpoints.map((endpoint) => endpoint.settled()));
    const late = new AbortController();
    await Promise.race([settled, setTimeout(LAST_MS, undefined, { signal: late.signal })]);
    late.abort();
    await this.saveCursors().catch(() => undefined);
  }

  private begin(): void {
    for (const endpoint of this.endpoints.values()) endpoint.stop();
    this.endpoints = new Map();
    this.lookedAtAll = -Infinity;
  }

  private async work(): Promise<void> {
    const now = this.clock.monotonic();
    const isAll = now - this.lookedAtAll >= ALL_EVERY_MS;
    const time = this.databaseClock.now();
    const since = isAll ? 0 : this.lookedAt - OVERLAP_MS;
    for await (const notice of this.targets.changedSince(new Date(since))) this.take(notice);
    this.lookedAt = time;
    if (isAll) this.lookedAtAll = now;
    await this.saveCursors();
  }

  private take(notice: Notice): void {
    const id = notice._id.toHexString();
    const endpoint = this.endpoints.get(id);
    if (endpoint && !endpoint.isStopped) {
      if (notice.changes !== endpoint.changes) endpoint.look(notice);
    } else if (notice.enabled) {
      this.endpoints.set(id, this.endpointOf(notice));
    }
  }

  private endpointOf(notice: Notice): Endpoint {
    const { deliverer, deliveries, targets, secrets, log, load, clock, databaseClock } = this;
    return new Endpoint(notice, {
      deliverer,
      deliveries,
      targets,
      secrets,
      log,
      load,
      clock,
      databaseClock,
      isLeading: () => this.leader.isLeading,
    });
  }

  private async saveCursors(): Promise<void> {
    const cursors = new Map<Types.ObjectId, number>();
    for (const [id, endpoint] of this.endpoints) {
      const cursor = endpoint.tick();
      if (cursor !== undefined) cursors.set(endpoint.notice._id, cursor);
      else if (endpoint.isStopped) {
        this.endpoints.delete(id);
        if (endpoint.hasLostLead) this.lookedAtAll = -Infinity;
      }
    }
    try {
      await this.targets.saveCursors(cursors);
    } catch (error) {
      for (const endpoint of this.endpoints.values()) endpoint.forgetCursor();
      throw error;
    }
  }
}
