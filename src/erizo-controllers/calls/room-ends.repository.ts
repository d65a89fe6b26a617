import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { RoomEnd } from '../schemas/room-end.schema.js';

@Injectable()
export class RoomEndsRepository {
  constructor(@InjectModel(RoomEnd.name) private readonly ends: Model<RoomEnd>) {}

  async save(_id: string, erizoController: Types.ObjectId, now: Date): Promise<void> {
    await this.ends.collection.updateOne(
      { _id: _id as unknown as Types.ObjectId },
      { $set: { erizoController, nextTryAt: now }, $setOnInsert: { createdAt: now } },
      { upsert: true },
    );
  }

  /** The nodes whose calls are still to be ended: nearly always none. */
  findNodes(): Promise<Types.ObjectId[]> {
    return this.ends.distinct('erizoController');
  }

  /** Those of these nodes that nobody is trying. */
  findDue(nodes: Types.ObjectId[], now: Date, limit: number): Promise<RoomEnd[]> {
    return this.ends
      .find({ erizoController: { $in: nodes }, nextTryAt: { $lte: now } })
      .limit(limit)
      .lean();
  }

  /** @returns false when another copy took it first */
  async claim({ _id, nextTryAt }: RoomEnd, until: Date): Promise<boolean> {
    const { matchedCount } = await this.ends.updateOne(
      { _id, nextTryAt },
      { $set: { nextTryAt: until } },
    );
    return matchedCount === 1;
  }

  async remove(_id: string): Promise<void> {
    await this.ends.deleteOne({ _id });
  }

  /** Forgets all that is left to be told to a node. */
  async removeOf(erizoController: Types.ObjectId): Promise<void> {
    await this.ends.deleteMany({ erizoController });
  }
}
