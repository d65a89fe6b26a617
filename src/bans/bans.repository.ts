import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { KeyFinder } from '../database/key-finder.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { OUTBOX_HAS_ROOM, pushing } from '../outbox/outbox-field.js';
import { Outbox } from '../outbox/outbox.service.js';
import { Ban } from './schemas/ban.schema.js';

/** What may differ between two bans of one key. */
export type BanTerms = Pick<Ban, 'until' | 'reason' | 'expiresAt'>;

@Injectable()
export class BansRepository {
  private readonly collection: mongo.Collection<Ban>;
  private readonly byKey: KeyFinder<string, Ban & { key: string }>;

  constructor(@InjectModel(Ban.name) bans: Model<Ban>, outbox: Outbox) {
    this.collection = collectionOf(bans);
    this.byKey = new KeyFinder(databaseOf(bans).collection(bans.collection.name), {
      field: 'key',
      keyOf: ({ key }) => key,
      textOf: (key) => key,
    });
    outbox.register(bans);
  }

  /** Those that there are of these keys, also when they have ended. */
  findByKeys(keys: readonly string[]): Promise<Ban[]> {
    return this.byKey.find(keys);
  }

  /** @returns false when its key or one of its slots is taken */
  async insert(ban: Ban): Promise<boolean> {
    try {
      await this.collection.insertOne(ban);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Gives a ban other terms. @returns null when it was lifted, or its events are not in the log yet */
  replaceTerms({ _id, key }: Ban, terms: BanTerms, events: OutboxEntry[]): Promise<Ban | null> {
    const { $set, $unset } = settingOf(terms);
    return this.collection.findOneAndUpdate(
      { _id, key, ...OUTBOX_HAS_ROOM },
      {
        ...(Object.keys($set).length > 0 && { $set }),
        ...(Object.keys($unset).length > 0 && { $unset }),
        ...pushing(events),
      },
      { returnDocument: 'after' },
    );
  }

  /** The places that are taken among a service's bans, or a room's. */
  async takenSlots(
    where: { service: Types.ObjectId } | { room: Types.ObjectId },
  ): Promise<Set<number>> {
    const field = 'room' in where ? 'roomSlot' : 'slot';
    const options = { projection: { _id: 0, [field]: 1 } };
    const found = await this.collection
      .find({ ...where, [field]: { $exists: true } } as mongo.Filter<Ban>, options)
      .toArray();
    return new Set(found.flatMap((ban) => ban[field] ?? []));
  }

  findOne(scope: string, _id: Types.ObjectId, now: Date): Promise<Ban | null> {
    return this.collection.findOne({ _id, scope, ...inForce(now) });
  }

  /** In the order of ids. @param after no earlier ones */
  find(
    scope: string,
    { after, limit, now }: { after?: Types.ObjectId; limit: number; now: Date },
  ): Promise<Ban[]> {
    return this.collection
      .find({ scope, ...(after && { _id: { $gt: after } }), ...inForce(now) }, { sort: { _id: 1 } })
      .limit(limit)
      .toArray();
  }

  /**
   * Ends a ban; where it has events, what is left of its document stays until then.
   *
   * @returns false when others were faster
   */
  async lift(
    scope: string,
    _id: Types.ObjectId,
    expiresAt: Date,
    events: OutboxEntry[],
  ): Promise<boolean> {
    if (events.length === 0) {
      const { deletedCount } = await this.collection.deleteOne({ _id, scope });
      return deletedCount === 1;
    }
    const { matchedCount } = await this.collection.updateOne(
      { _id, scope },
      {
        $set: { expiresAt },
        $unset: { scope: '', key: '', slot: '', roomSlot: '' },
        ...pushing(events),
      },
    );
    return matchedCount === 1;
  }

  async removeAll(which: { service: Types.ObjectId } | { scope: string }): Promise<void> {
    await this.collection.deleteMany(which);
  }
}

function inForce(now: Date): mongo.Filter<Ban> {
  return { $or: [{ until: { $exists: false } }, { until: { $gt: now } }] };
}

function settingOf(terms: BanTerms): { $set: BanTerms; $unset: Record<string, ''> } {
  const { until, reason, expiresAt } = terms;
  const all = Object.entries({ until, reason, expiresAt });
  return {
    $set: Object.fromEntries(all.filter(([, value]) => value !== undefined)) as BanTerms,
    $unset: Object.fromEntries(
      all.filter(([, value]) => value === undefined).map(([field]) => [field, ''] as const),
    ),
  };
}
