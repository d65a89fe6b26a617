import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../database/driver.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import type { Attempt } from './attempt.js';
import type { DeliveryStatus } from './delivery-status.js';
import { WebhookDelivery } from './schemas/webhook-delivery.schema.js';

/** How many attempts of a delivery are kept. */
const MAX_ATTEMPTS = 10;

/** Which event at which webhook. */
export type DeliveryKey = Pick<
  WebhookDelivery,
  'service' | 'webhook' | 'event' | 'type' | 'sequence'
>;

/** What an attempt makes of a delivery. */
export type DeliveryState = Pick<
  WebhookDelivery,
  'status' | 'failures' | 'nextAttemptAt' | 'expiresAt'
>;

export interface DeliveryPage {
  limit: number;
  /** Deliveries of events before this sequence. */
  before?: number;
  status?: DeliveryStatus;
}

@Injectable()
export class DeliveriesRepository {
  private readonly deliveries: mongo.Collection<WebhookDelivery>;
  private readonly inserts: InsertBatcher<WebhookDelivery>;

  constructor(@InjectModel(WebhookDelivery.name) model: Model<WebhookDelivery>) {
    this.deliveries = collectionOf(model);
    this.inserts = new InsertBatcher(() => databaseOf(model), model.collection.name);
  }

  /** Writes down what became of an event that was sent, for the first time or once more. */
  async record(key: DeliveryKey, state: DeliveryState, attempt: Attempt): Promise<void> {
    const delivery = { _id: new Types.ObjectId(), ...key, ...state, attempts: [attempt] };
    // Nothing waits for a success but the cursor.
    const unhurried = state.status === 'delivered';
    if (await this.inserts.insert(delivery, { unhurried })) return;
    const { service, webhook, sequence } = key;
    await this.deliveries.updateOne({ service, webhook, sequence }, changeOf(state, attempt));
  }

  /** The same of one that was due; what it is to be stays where somebody wants it sent again meanwhile. */
  async recordRetry(
    { _id, nextAttemptAt }: Pick<WebhookDelivery, '_id' | 'nextAttemptAt'>,
    state: DeliveryState,
    attempt?: Attempt,
  ): Promise<void> {
    const filter = { _id, nextAttemptAt };
    const { matchedCount } = await this.deliveries.updateOne(filter, changeOf(state, attempt));
    if (matchedCount === 0 && attempt) {
      await this.deliveries.updateOne({ _id }, { $push: pushOf(attempt) });
    }
  }

  /** The newest event first. */
  find(
    service: Types.ObjectId,
    webhook: Types.ObjectId,
    { limit, before, status }: DeliveryPage,
  ): Promise<WebhookDelivery[]> {
    const sequence = before === undefined ? undefined : { $lt: before };
    return this.deliveries
      .find({ service, webhook, ...(status && { status }), ...(sequence && { sequence }) })
      .sort({ sequence: -1 })
      .limit(limit)
      .toArray();
  }

  /** Has it sent at a time, as if for the first time. @returns null when there is none */
  redeliver(
    service: Types.ObjectId,
    webhook: Types.ObjectId,
    _id: Types.ObjectId,
    at: Date,
  ): Promise<WebhookDelivery | null> {
    return this.deliveries.findOneAndUpdate(
      { _id, service, webhook },
      { $set: { status: 'pending', nextAttemptAt: at, failures: 0 } },
      { returnDocument: 'after' },
    );
  }

  /** Those that are due at a time, the longest due first. */
  findDue(webhook: Types.ObjectId, at: Date, limit: number): Promise<WebhookDelivery[]> {
    return this.deliveries
      .find({ webhook, nextAttemptAt: { $lte: at } })
      .sort({ nextAttemptAt: 1 })
      .limit(limit)
      .toArray();
  }

  /** When the next one is due. */
  async findNextAttempt(webhook: Types.ObjectId): Promise<Date | undefined> {
    const options = { sort: { nextAttemptAt: 1 }, projection: { nextAttemptAt: 1 } } as const;
    const next = await this.deliveries.findOne(
      { webhook, nextAttemptAt: { $exists: true } },
      options,
    );
    return next?.nextAttemptAt;
  }

  async removeAll(service: Types.ObjectId): Promise<void> {
    await this.deliveries.deleteMany({ service });
  }
}

function changeOf(
  { nextAttemptAt, ...state }: DeliveryState,
  attempt: Attempt | undefined,
): mongo.UpdateFilter<WebhookDelivery> {
  return {
    $set: { ...state, ...(nextAttemptAt && { nextAttemptAt }) },
    ...(!nextAttemptAt && { $unset: { nextAttemptAt: '' } }),
    ...(attempt && { $push: pushOf(attempt) }),
  };
}

function pushOf(attempt: Attempt): { attempts: { $each: Attempt[]; $slice: number } } {
  return { attempts: { $each: [attempt], $slice: -MAX_ATTEMPTS } };
}
