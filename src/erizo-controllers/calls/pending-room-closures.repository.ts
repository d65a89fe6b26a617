import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { PendingRoomClosure } from '../schemas/pending-room-closure.schema.js';

@Injectable()
export class PendingRoomClosuresRepository {
  constructor(
    @InjectModel(PendingRoomClosure.name) private readonly closures: Model<PendingRoomClosure>,
  ) {}

  async save(_id: string, erizoController: Types.ObjectId, now: Date): Promise<void> {
    await this.closures.updateOne(
      { _id },
      { $set: { erizoController, nextTryAt: now }, $setOnInsert: { createdAt: now } },
      { upsert: true },
    );
  }

  /** The nodes whose calls are still to be ended: nearly always none. */
  findNodes(): Promise<Types.ObjectId[]> {
    return this.closures.distinct('erizoController');
  }

  /** Those of these nodes that nobody is trying. */
  findDue(nodes: Types.ObjectId[], now: Date, limit: number): Promise<PendingRoomClosure[]> {
    return this.closures
      .find({ erizoController: { $in: nodes }, nextTryAt: { $lte: now } })
      .limit(limit)
      .lean();
  }

  /** @returns false when another instance took it first */
  async claim({ _id, nextTryAt }: PendingRoomClosure, until: Date): Promise<boolean> {
    const { matchedCount } = await this.closures.updateOne(
      { _id, nextTryAt },
      { $set: { nextTryAt: until } },
    );
    return matchedCount === 1;
  }

  async remove(_id: string): Promise<void> {
    await this.closures.deleteOne({ _id });
  }

  /** Forgets all that is left to be told to a node. */
  async removeOf(erizoController: Types.ObjectId): Promise<void> {
    await this.closures.deleteMany({ erizoController });
  }
}
