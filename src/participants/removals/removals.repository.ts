import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf } from '../../database/driver.js';
import { isDuplicateKey } from '../../database/duplicate-key.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { pushing } from '../../outbox/outbox-field.js';
import { Outbox } from '../../outbox/outbox.service.js';
import { ParticipantRemoval } from './schemas/participant-removal.schema.js';

const PENDING = { nextAt: { $exists: true } } as const;

export type NewRemoval = Omit<ParticipantRemoval, '_id' | 'expiresAt' | 'outbox'> & {
  nextAt: Date;
};

@Injectable()
export class RemovalsRepository {
  private readonly collection: mongo.Collection<ParticipantRemoval>;

  constructor(
    @InjectModel(ParticipantRemoval.name) model: Model<ParticipantRemoval>,
    outbox: Outbox,
  ) {
    this.collection = collectionOf(model);
    outbox.register(model);
  }

  /**
   * Writes down whom to remove; who is being removed already is removed from now on.
   *
   * @returns whether nobody of that name was being removed
   */
  async save({ room, userName, ...removal }: NewRemoval): Promise<boolean> {
    for (;;) {
      try {
        const { upsertedCount } = await this.collection.updateOne(
          { room, userName, ...PENDING },
          { $set: removal },
          { upsert: true },
        );
        return upsertedCount === 1;
      } catch (error) {
        // Two at once: the next try finds the other's.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Takes back what was asked for then, since there is nobody to remove. */
  async cancel({ room, userName, requestedAt }: NewRemoval): Promise<void> {
    await this.collection.deleteOne({ room, userName, requestedAt, ...PENDING });
  }

  /** Somebody of that name was in. */
  async noteFound({ room, userName, requestedAt }: NewRemoval): Promise<void> {
    await this.collection.updateOne(
      { room, userName, requestedAt, ...PENDING },
      { $set: { found: true } },
    );
  }

  findDue(now: Date, limit: number): Promise<ParticipantRemoval[]> {
    const options = { sort: { nextAt: 1 }, limit, projection: { outbox: 0 } } as const;
    return this.collection.find({ nextAt: { $lte: now } }, options).toArray();
  }

  /** Whether somebody of that name who came then is being removed. */
  async isPending(room: Types.ObjectId, userName: string, joinedAt: Date): Promise<boolean> {
    const filter = { room, userName, ...PENDING, requestedAt: { $gte: joinedAt } };
    return (await this.collection.findOne(filter, { projection: { _id: 1 } })) !== null;
  }

  /** Has it looked at again, if it was not done, or asked for again, meanwhile. */
  async postpone(
    { _id, nextAt }: ParticipantRemoval,
    { to, found }: { to: Date; found?: true },
  ): Promise<void> {
    await this.collection.updateOne(
      { _id, nextAt },
      { $set: { nextAt: to, ...(found && { found }) } },
    );
  }

  /**
   * Ends a removal.
   *
   * @param entries of its event; without one nothing is left of it
   * @returns false when it was done, or asked for again, meanwhile
   */
  async finish(
    { _id, nextAt }: ParticipantRemoval,
    entries: OutboxEntry[],
    expiresAt: Date,
  ): Promise<boolean> {
    if (entries.length === 0) {
      const { deletedCount } = await this.collection.deleteOne({ _id, nextAt });
      return deletedCount === 1;
    }
    const { matchedCount } = await this.collection.updateOne(
      { _id, nextAt },
      { $unset: { nextAt: '' }, $set: { expiresAt }, ...pushing(entries) },
    );
    return matchedCount === 1;
  }

  async removeAll(service: Types.ObjectId): Promise<void> {
    await this.collection.deleteMany({ service });
  }
}
