import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { DatabaseClock } from '../../database/database-clock.js';
import { collectionOf } from '../../database/driver.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { pushing } from '../../outbox/outbox-field.js';
import type { DisabledReason } from '../disabled-reason.js';
import { Webhook, type MissedEvents, type Recovery } from '../schemas/webhook.schema.js';

const NOTICE = { service: 1, enabled: 1, changes: 1 } as const;

/** That there is something to look at. */
export type Notice = Pick<Webhook, '_id' | 'service' | 'enabled' | 'changes'>;

/** Webhooks as they are sent to. Whoever writes here may have been overtaken: nothing goes back, and nothing is done twice. */
@Injectable()
export class TargetsRepository {
  private readonly webhooks: mongo.Collection<Webhook>;

  constructor(
    @InjectModel(Webhook.name) model: Model<Webhook>,
    private readonly clock: DatabaseClock,
  ) {
    this.webhooks = collectionOf(model);
  }

  /** Those that were changed at a time or later, or made. */
  changedSince(time: Date): AsyncIterable<Notice> {
    const options = { projection: NOTICE, batchSize: 500 };
    return this.webhooks.find<Notice>({ changedAt: { $gte: time } }, options);
  }

  find(_id: Types.ObjectId): Promise<Webhook | null> {
    return this.webhooks.findOne({ _id });
  }

  async saveCursors(cursors: ReadonlyMap<Types.ObjectId, number>): Promise<void> {
    if (cursors.size === 0) return;
    const updates = [...cursors].map(([_id, cursor]) => ({
      updateOne: { filter: { _id, cursor: { $lt: cursor } }, update: { $set: { cursor } } },
    }));
    await this.webhooks.bulkWrite(updates, { ordered: false });
  }

  /** Goes on behind events that are kept no longer. */
  async noteMissed(_id: Types.ObjectId, missed: MissedEvents): Promise<void> {
    await this.webhooks.updateOne(
      { _id, cursor: { $lt: missed.to } },
      { $set: { missed, cursor: missed.to }, $inc: { revision: 1 } },
    );
  }

  /** @returns whether there is such a webhook */
  async beginRecovery(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    { id, after, upTo }: Recovery,
  ): Promise<boolean> {
    // What is left of one that is under way is sent as well.
    const recovery = { id, after: { $min: ['$recovery.after', after] }, upTo };
    const counted = (field: string): object => ({ $add: [{ $ifNull: [`$${field}`, 0] }, 1] });
    const counts = { changes: counted('changes'), revision: counted('revision') };
    const { matchedCount } = await this.webhooks.updateOne({ _id, service }, [
      { $set: { recovery, changedAt: new Date(this.clock.now()), ...counts } },
    ]);
    return matchedCount === 1;
  }

  async saveRecovery(_id: Types.ObjectId, id: Types.ObjectId, after: number): Promise<void> {
    await this.webhooks.updateOne(
      { _id, 'recovery.id': id, 'recovery.after': { $lt: after } },
      { $set: { 'recovery.after': after } },
    );
  }

  async endRecovery(_id: Types.ObjectId, id: Types.ObjectId): Promise<void> {
    await this.webhooks.updateOne(
      { _id, 'recovery.id': id },
      { $unset: { recovery: '' }, $inc: { revision: 1 } },
    );
  }

  /** Has it looked at: something of it is due. @returns whether there is such a webhook */
  async touch(service: Types.ObjectId, _id: Types.ObjectId): Promise<boolean> {
    const { matchedCount } = await this.webhooks.updateOne(
      { _id, service },
      { $set: { changedAt: new Date(this.clock.now()) }, $inc: { changes: 1 } },
    );
    return matchedCount === 1;
  }

  async saveFailing(_id: Types.ObjectId, since: Date | undefined): Promise<void> {
    await this.webhooks.updateOne(
      { _id },
      since
        ? { $set: { failingSince: since }, $inc: { revision: 1 } }
        : { $unset: { failingSince: '' }, $inc: { revision: 1 } },
    );
  }

  /** @returns false when it is off already, or has another address by now */
  async disable(
    { _id, url }: Pick<Webhook, '_id' | 'url'>,
    reason: DisabledReason,
    entries: OutboxEntry[],
  ): Promise<boolean> {
    const now = new Date(this.clock.now());
    const changed = { updatedAt: now, changedAt: now };
    const { matchedCount } = await this.webhooks.updateOne({ _id, url, enabled: true }, {
      $set: { enabled: false, disabledReason: reason, ...changed },
      $inc: { revision: 1, changes: 1 },
      ...pushing(entries),
    } as mongo.UpdateFilter<Webhook>);
    return matchedCount === 1;
  }
}
