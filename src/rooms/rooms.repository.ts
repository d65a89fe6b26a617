import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { databaseOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { FindBatcher } from '../database/find-batcher.js';
import type { Seats } from './room-seats.js';
import type { RoomChange } from './room-settings.js';
import type { RoomForRedemption, RoomForToken, RoomView } from './room-views.js';
import { Room, SETTINGS } from './schemas/room.schema.js';

/**
 * Rooms a round trip while a list is streamed. Left to itself the database would send 16 MB at a time, which is
 * what the list would wait for and take in memory.
 */
const LIST_BATCH = 500;

export interface RoomPage {
  limit?: number;
  /** Rooms after this id, in the order of ids. */
  after?: Types.ObjectId;
  name?: string;
}

const VIEW = {
  name: 1 as const,
  ...Object.fromEntries(SETTINGS.map((setting) => [setting, 1] as const)),
};
const FOR_TOKEN = { ...VIEW, service: 1, erizoControllerId: 1, test: 1 } as const;

const FOR_REDEMPTION = { maxParticipants: 1, seats: 1, erizoControllerId: 1 } as const;

/**
 * The driver's own default is a plain object, in which it finds `valueOf` and `constructor` by inheritance: arrays
 * under such keys of a tenant's data would be read as bytes.
 */
const NO_RAW_FIELDS = Object.create(null) as Record<string, never>;

/** Queries of rooms. Every query for a tenant carries the tenant's id. */
@Injectable()
export class RoomsRepository {
  private readonly collection: mongo.Collection<Room>;
  private readonly views: FindBatcher<RoomView>;
  private readonly forToken: FindBatcher<RoomForToken>;

  constructor(@InjectModel(Room.name) rooms: Model<Room>) {
    // The driver itself: input is validated and ids are parsed before they come here, and Mongoose's
    // casting would cost more than the query.
    const [database, { name }] = [databaseOf(rooms), rooms.collection];
    this.collection = database.collection<Room>(name, { fieldsAsRaw: NO_RAW_FIELDS });
    const documents = database.collection(name, { fieldsAsRaw: NO_RAW_FIELDS });
    this.views = new FindBatcher(documents, 'service', VIEW);
    this.forToken = new FindBatcher(documents, 'service', FOR_TOKEN);
  }

  async insert(room: Room): Promise<void> {
    await this.collection.insertOne(room);
  }

  /** The room that holds this unique mark already, or the given one, inserted. */
  async getOrInsert(mark: { uniqueName: string } | { test: true }, room: Room): Promise<RoomView> {
    const filter = { service: room.service, ...mark };
    for (;;) {
      try {
        const found = await this.collection.findOneAndUpdate(
          filter,
          { $setOnInsert: room },
          { upsert: true, returnDocument: 'after', projection: VIEW },
        );
        if (found) return found;
      } catch (error) {
        // Somebody else's insert won: the next try finds it.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** The latest of the rooms of that name. By time: ids that several instances made are in no order. */
  findLastByName(service: Types.ObjectId, name: string): Promise<RoomView | null> {
    const sort = { createdAt: -1, _id: -1 } as const;
    return this.collection.findOne({ service, name }, { projection: VIEW, sort });
  }

  findOne(service: Types.ObjectId, _id: Types.ObjectId): Promise<RoomView | null> {
    return this.views.find(service, _id);
  }

  findForToken(service: Types.ObjectId, _id: Types.ObjectId): Promise<RoomForToken | null> {
    return this.forToken.find(service, _id);
  }

  /** For the superservice, which knows rooms of every tenant. */
  findAnyForToken(_id: Types.ObjectId): Promise<RoomForToken | null> {
    return this.collection.findOne({ _id }, { projection: FOR_TOKEN });
  }

  /** A page in the order of ids, or, without a limit, everything as it is read from the database. */
  find(service: Types.ObjectId, { limit, after, name }: RoomPage): mongo.FindCursor<RoomView> {
    const filter = {
      service,
      ...(name !== undefined && { name }),
      ...(after && { _id: { $gt: after } }),
    };
    const options = { projection: VIEW, sort: { _id: 1 }, batchSize: LIST_BATCH } as const;
    const cursor = this.collection.find(filter, options);
    return limit === undefined ? cursor : cursor.limit(limit);
  }

  /**
   * Writes a change in one step, whatever else changes meanwhile: nothing but the named fields is touched.
   *
   * @param mergeData whether `data` is merged key by key into what is there
   */
  async update(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    change: RoomChange,
    mergeData: boolean,
  ): Promise<boolean> {
    const set: Record<string, unknown> = {};
    const unset: string[] = [];
    for (const [field, value] of Object.entries(change)) {
      if (value === null) unset.push(field);
      // A literal: `$` and `.` in a tenant's data are characters, not operators and paths.
      else if (value !== undefined) set[field] = { $literal: value };
    }
    if (mergeData && change.data) {
      // Imported data may be anything: only objects have keys to merge into.
      const isObject = { $eq: [{ $type: '$data' }, 'object'] };
      const base = { $cond: [isObject, '$data', {}] };
      set['data'] = { $mergeObjects: [base, { $literal: change.data }] };
    }
    // A renamed room gives its name free for the next getOrCreate.
    if (change.name !== undefined) unset.push('uniqueName');
    const stages = [
      ...(Object.keys(set).length > 0 ? [{ $set: set }] : []),
      ...(unset.length > 0 ? [{ $unset: unset }] : []),
    ];
    if (stages.length === 0) return (await this.findOne(service, _id)) !== null;
    const { matchedCount } = await this.collection.updateOne({ _id, service }, stages);
    return matchedCount === 1;
  }

  remove(
    service: Types.ObjectId,
    _id: Types.ObjectId,
  ): Promise<Pick<Room, '_id' | 'erizoControllerId'> | null> {
    return this.collection.findOneAndDelete(
      { _id, service },
      { projection: { erizoControllerId: 1 } },
    );
  }

  /** The rooms of a service that a node has, as they are read from the database. */
  findAssigned(
    service: Types.ObjectId,
  ): mongo.FindCursor<{ _id: Types.ObjectId; erizoControllerId: Types.ObjectId }> {
    return this.collection
      .find({ service, erizoControllerId: { $exists: true } })
      .project<{ _id: Types.ObjectId; erizoControllerId: Types.ObjectId }>({
        erizoControllerId: 1,
      });
  }

  async removeAll(service: Types.ObjectId): Promise<void> {
    await this.collection.deleteMany({ service });
  }

  /**
   * Gives a room to a node, if the room is still with the node it was read with.
   *
   * @returns the node that has the room now: the given one, or another's choice; null when the room is gone
   */
  async assign(
    _id: Types.ObjectId,
    from: Types.ObjectId | undefined,
    to: Types.ObjectId,
  ): Promise<Types.ObjectId | null> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, erizoControllerId: from ?? { $exists: false } },
      { $set: { erizoControllerId: to } },
    );
    if (matchedCount === 1) return to;
    const room = await this.collection.findOne({ _id }, { projection: { erizoControllerId: 1 } });
    return room?.erizoControllerId ?? null;
  }

  findForRedemption(_id: Types.ObjectId): Promise<RoomForRedemption | null> {
    return this.collection.findOne({ _id }, { projection: FOR_REDEMPTION });
  }

  /** Writes the seats over that revision of them. @returns false when they, or the room, have changed */
  async saveSeats(_id: Types.ObjectId, revision: number, seats: Seats): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, 'seats.revision': revision === 0 ? { $exists: false } : revision },
      { $set: { seats } },
    );
    return matchedCount === 1;
  }
}
