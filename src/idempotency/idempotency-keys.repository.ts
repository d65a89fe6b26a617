import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { IdempotencyKey } from './schemas/idempotency-key.schema.js';

/** Which key, as its holder has it. */
type Held = Pick<IdempotencyKey, '_id' | 'holder'>;

@Injectable()
export class IdempotencyKeysRepository {
  private readonly collection: mongo.Collection<IdempotencyKey>;

  constructor(@InjectModel(IdempotencyKey.name) keys: Model<IdempotencyKey>) {
    this.collection = collectionOf(keys);
  }

  /** @returns false when the key is there already */
  async insert(key: IdempotencyKey): Promise<boolean> {
    try {
      await this.collection.insertOne(key);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  findOne(_id: string): Promise<IdempotencyKey | null> {
    return this.collection.findOne({ _id });
  }

  /** Takes an unanswered key from its holder. @returns false when it is another's by now, or answered */
  async takeOver(
    { _id, holder }: Held,
    next: Pick<IdempotencyKey, 'holder' | 'lockedUntil'>,
  ): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, holder, answer: { $exists: false } },
      { $set: { holder: next.holder, lockedUntil: next.lockedUntil } },
    );
    return matchedCount === 1;
  }

  /** Writes down the answer, unless the key is another's by now. */
  async answer({ _id, holder }: Held, answer: string): Promise<void> {
    await this.collection.updateOne({ _id, holder }, { $set: { answer } });
  }

  /** Lets whoever asks next carry the request out. */
  async release({ _id, holder }: Held): Promise<void> {
    await this.collection.updateOne({ _id, holder }, { $set: { lockedUntil: new Date(0) } });
  }

  /** Deletes all keys of a service. */
  async removeAll(service: Types.ObjectId): Promise<void> {
    const id = service.toHexString();
    // `;` follows `:`, which stands between the service and the key.
    await this.collection.deleteMany({ _id: { $gte: `${id}:`, $lt: `${id};` } });
  }
}
