import type { Types } from 'mongoose';
import type { DatabaseClock } from '../../database/database-clock.js';
import type { DeliveriesRepository } from '../deliveries.repository.js';
import type { WebhookDelivery } from '../schemas/webhook-delivery.schema.js';
import { Lanes } from './lanes.js';

/** Thousands may be due at once: so many are in memory. */
const BATCH = 32;
/** Fewer than of what is new, which must not wait for them. */
const WIDTH = 8;

/** Sends what is due once more, the longest due first. */
export class Retries {
  /** By the database's clock; at first it is not known, and looked for. */
  private dueAt = 0;
  private running = false;

  /** @param send settles a delivery; it may throw */
  constructor(
    private readonly webhook: Types.ObjectId,
    private readonly deliveries: DeliveriesRepository,
    private readonly clock: DatabaseClock,
    private readonly send: (delivery: WebhookDelivery) => Promise<void>,
    private readonly signal: AbortSignal,
  ) {}

  /** There may be something due at a time, or now. */
  expect(at = 0): void {
    this.dueAt = Math.min(this.dueAt, at);
  }

  /** Begins with what is due, if anything is. @returns undefined when there is nothing to do */
  start(): Promise<void> | undefined {
    if (this.running || this.clock.now() < this.dueAt) return undefined;
    this.running = true;
    return this.run()
      .catch((error: unknown) => {
        this.dueAt = 0;
        throw error;
      })
      .finally(() => (this.running = false));
  }

  private async run(): Promise<void> {
    while (!this.signal.aborted) {
      const due = await this.deliveries.findDue(this.webhook, new Date(this.clock.now()), BATCH);
      if (due.length === 0) break;
      await this.sendAll(due);
    }
    this.dueAt = Infinity;
    const next = await this.deliveries.findNextAttempt(this.webhook);
    if (next) this.expect(next.getTime());
  }

  private async sendAll(due: WebhookDelivery[]): Promise<void> {
    let left = due.length;
    await new Promise<void>((resolve, reject) => {
      const work = async (delivery: WebhookDelivery): Promise<void> => {
        await this.send(delivery).catch(reject);
        if (--left === 0) resolve();
      };
      const lanes = new Lanes(work, () => WIDTH);
      for (const delivery of due) lanes.add(delivery._id.toHexString(), delivery);
    });
  }
}
