import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { guardedFilter, remembered, type Guarded } from '../common/conditional/guarded.js';
import { revisionFilter } from '../common/conditional/revision-filter.js';
import { DatabaseClock } from '../database/database-clock.js';
import { collectionOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { Outbox } from '../outbox/outbox.service.js';
import { Webhook, type PreviousSecret } from './schemas/webhook.schema.js';
import type { WebhookChanges, WebhookView } from './webhook-view.js';

export const MAX_WEBHOOKS = 20;

const SLOTS = Array.from({ length: MAX_WEBHOOKS }, (_, slot) => slot);
/** What a change takes away that makes a webhook begin anew. */
const TROUBLES = ['disabledReason', 'failingSince'];

const VIEW = {
  service: 1,
  url: 1,
  types: 1,
  rooms: 1,
  description: 1,
  enabled: 1,
  disabledReason: 1,
  cursor: 1,
  failingSince: 1,
  missed: 1,
  recovery: 1,
  createdAt: 1,
  updatedAt: 1,
  revision: 1,
  changeIds: 1,
} as const;

export type NewWebhook = Omit<Webhook, 'slot' | 'changedAt' | 'changes'>;

/** A webhook as its service has it. */
@Injectable()
export class WebhooksRepository {
  private readonly webhooks: mongo.Collection<Webhook>;

  constructor(
    @InjectModel(Webhook.name) model: Model<Webhook>,
    private readonly clock: DatabaseClock,
    outbox: Outbox,
  ) {
    this.webhooks = collectionOf(model);
    outbox.register(model);
  }

  /** @returns the webhook, or the one that has its id already; null when the service has as many as it may have */
  async insert(webhook: NewWebhook): Promise<Webhook | null> {
    const { _id, service } = webhook;
    for (;;) {
      const held = await this.webhooks
        .find({ service }, { projection: { slot: 1 } })
        .limit(MAX_WEBHOOKS)
        .toArray();
      if (held.some((each) => each._id.equals(_id))) return this.findWhole(service, _id);
      const taken = new Set(held.map(({ slot }) => slot));
      const free = SLOTS.filter((slot) => !taken.has(slot));
      const slot = free[Math.floor(Math.random() * free.length)];
      if (slot === undefined) return null;
      const made = { ...webhook, slot, changedAt: new Date(this.clock.now()), changes: 1 };
      try {
        await this.webhooks.insertOne(made);
        return made;
      } catch (error) {
        // Another took the slot meanwhile: there is one less each time.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  find(
    service: Types.ObjectId,
    { limit, after }: { limit: number; after?: Types.ObjectId },
  ): Promise<WebhookView[]> {
    const filter = { service, ...(after && { _id: { $gt: after } }) };
    return this.webhooks
      .find<WebhookView>(filter, { projection: VIEW })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  }

  findOne(service: Types.ObjectId, _id: Types.ObjectId): Promise<WebhookView | null> {
    return this.webhooks.findOne<WebhookView>({ _id, service }, { projection: VIEW });
  }

  /** With its secrets. */
  findWhole(service: Types.ObjectId, _id: Types.ObjectId): Promise<Webhook | null> {
    return this.webhooks.findOne({ _id, service });
  }

  /**
   * Changes what is given, in one step.
   *
   * @returns null when there is none of these revisions, or the change was made
   */
  update(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    changes: WebhookChanges,
    guarded: Guarded,
  ): Promise<WebhookView | null> {
    const { url, types, rooms, description, enabled } = changes;
    const $set = {
      ...(url !== undefined && { url: { $literal: url } }),
      ...(types && { types: { $literal: types } }),
      ...(rooms && { rooms }),
      ...(typeof description === 'string' && { description: { $literal: description } }),
      ...(enabled !== undefined && { enabled }),
      ...this.touched(guarded),
    };
    const unset = [
      ...(rooms === null ? ['rooms'] : []),
      ...(description === null ? ['description'] : []),
      ...(enabled === true || url !== undefined ? TROUBLES : []),
    ];
    return this.webhooks.findOneAndUpdate(
      { _id, service, ...guardedFilter(guarded) },
      [{ $set }, ...(unset.length > 0 ? [{ $unset: unset }] : [])],
      { returnDocument: 'after', projection: VIEW },
    ) as Promise<WebhookView | null>;
  }

  /** @returns the webhook with its secrets; null as `update` */
  rotate(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    secret: { from: string; sealedSecret: string; previousSecrets: PreviousSecret[] },
    guarded: Guarded,
  ): Promise<Webhook | null> {
    const { from, sealedSecret, previousSecrets } = secret;
    return this.webhooks.findOneAndUpdate(
      { _id, service, sealedSecret: from, ...guardedFilter(guarded) },
      [{ $set: { sealedSecret, previousSecrets, ...this.touched(guarded) } }],
      { returnDocument: 'after' },
    );
  }

  async remove(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    expected?: ExpectedRevisions,
  ): Promise<boolean> {
    const filter = { _id, service, ...revisionFilter(expected) };
    const { deletedCount } = await this.webhooks.deleteOne(filter);
    return deletedCount === 1;
  }

  async removeAll(service: Types.ObjectId): Promise<void> {
    await this.webhooks.deleteMany({ service });
  }

  private touched({ changeId }: Guarded): object {
    const now = new Date(this.clock.now());
    return {
      updatedAt: now,
      revision: { $add: [{ $ifNull: ['$revision', 0] }, 1] },
      changedAt: now,
      changes: { $add: ['$changes', 1] },
      ...remembered(changeId),
    };
  }
}
