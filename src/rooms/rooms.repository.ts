import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { guardedFilter, remembered, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { databaseOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { FindBatcher } from '../database/find-batcher.js';
import type { Seats } from './room-seats.js';
import type { RoomChange } from './room-settings.js';
import type { RoomListing } from './list/room-listing.js';
import type { RoomPage } from './room-page.js';
import type {
  RoomForRedemption,
  RoomForSessions,
  RoomForToken,
  RoomRecord,
  RoomView,
} from './room-views.js';
import type { PartsRead } from './search/name-search.js';
import { Room, SETTINGS } from './schemas/room.schema.js';
import { dataPairs } from './search/data-pairs.js';
import { nameParts } from './search/name-parts.js';

/**
 * Rooms a round trip while a list is streamed. Left to itself the database would send 16 MB at a time, which is
 * what the list would wait for and take in memory.
 */
const LIST_BATCH = 500;

const PARTS_INDEX = { service: 1, nameParts: 1, _id: 1 } as const;

const VIEW = {
  name: 1 as const,
  ...Object.fromEntries(SETTINGS.map((setting) => [setting, 1] as const)),
};
const RECORD = {
  ...VIEW,
  erizoControllerId: 1,
  createdAt: 1,
  updatedAt: 1,
  revision: 1,
  changeIds: 1,
} as const;
const FOR_TOKEN = { ...VIEW, service: 1, erizoControllerId: 1, test: 1 } as const;

const FOR_SESSIONS = { service: 1, erizoControllerId: 1, p2p: 1, createdAt: 1 } as const;

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
  private readonly records: FindBatcher<RoomRecord>;
  private readonly forToken: FindBatcher<RoomForToken>;

  constructor(@InjectModel(Room.name) rooms: Model<Room>) {
    // The driver itself: input is validated and ids are parsed before they come here, and Mongoose's
    // casting would cost more than the query.
    const [database, { name }] = [databaseOf(rooms), rooms.collection];
    this.collection = database.collection<Room>(name, { fieldsAsRaw: NO_RAW_FIELDS });
    const documents = database.collection(name, { fieldsAsRaw: NO_RAW_FIELDS });
    this.records = new FindBatcher(documents, 'service', RECORD);
    this.forToken = new FindBatcher(documents, 'service', FOR_TOKEN);
  }

  /** @returns the room, or the one that has its id already */
  async insert(room: Room): Promise<RoomRecord> {
    try {
      await this.collection.insertOne(room);
      return room;
    } catch (error) {
      const found = isDuplicateKey(error) && (await this.findOne(room.service, room._id));
      if (!found) throw error;
      return found;
    }
  }

  /** The room that holds this unique mark already, or the given one, inserted. */
  async getOrInsert(
    mark: { uniqueName: string } | { test: true },
    room: Room,
  ): Promise<RoomRecord> {
    const filter = { service: room.service, ...mark };
    for (;;) {
      try {
        const found = await this.collection.findOneAndUpdate(
          filter,
          { $setOnInsert: room },
          { upsert: true, returnDocument: 'after', projection: RECORD },
        );
        if (found) return found;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // Whoever asks has asked before. Otherwise somebody else's insert won: the next try finds it.
        const own = await this.findOne(room.service, room._id);
        if (own) return own;
      }
    }
  }

  /** The latest of the rooms of that name. By time: ids that several instances made are in no order. */
  findLastByName(service: Types.ObjectId, name: string): Promise<RoomRecord | null> {
    const sort = { createdAt: -1, _id: -1 } as const;
    return this.collection.findOne({ service, name }, { projection: RECORD, sort });
  }

  findOne(service: Types.ObjectId, _id: Types.ObjectId): Promise<RoomRecord | null> {
    return this.records.find(service, _id);
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
   * Rooms of a listing, in its order.
   *
   * @param place after which: the value of the listing's field, and the id
   * @param limit how many are read at most
   */
  async *findListed(
    service: Types.ObjectId,
    { where, field, range, descending }: RoomListing,
    { place, limit }: { place?: { value: unknown; id: Types.ObjectId }; limit: number },
  ): AsyncGenerator<RoomRecord> {
    const order = descending ? -1 : 1;
    const after = descending ? '$lt' : '$gt';
    const sort = { [field]: order, _id: order } as const;
    const options = { projection: RECORD, sort, limit, batchSize: limit };
    const read = (own: Record<string, unknown>): mongo.FindCursor<RoomRecord> =>
      this.collection.find({ service, ...where, ...own }, options);
    // Rooms of the same value come first: as one range of the index, whatever many there are.
    if (place && field !== '_id') {
      yield* read({ [field]: place.value, _id: { [after]: place.id } });
    }
    const bounds = { ...range, ...(place && { [after]: place.value }) };
    yield* read(Object.keys(bounds).length > 0 ? { [field]: bounds } : {});
  }

  /** So many rooms at most by parts of their names, in the order of the index. */
  findByParts(
    service: Types.ObjectId,
    which: PartsRead,
    count: number,
  ): mongo.FindCursor<RoomRecord> {
    const options = { projection: RECORD, limit: count, batchSize: count };
    if ('part' in which) {
      const filter = { service, nameParts: which.part, _id: { $gt: which.afterId } };
      return this.collection.find(filter, { ...options, sort: { _id: 1 } });
    }
    const { afterPart, range } = which;
    const from = afterPart === undefined ? { $gte: range.from } : { $gt: afterPart };
    const filter = { service, nameParts: { $elemMatch: { ...from, $lt: range.before } } };
    return this.collection.find(filter, { ...options, hint: PARTS_INDEX });
  }

  /**
   * Writes a change in one step, whatever else changes meanwhile: nothing but the named fields is touched.
   *
   * @param expected the revisions that may be changed
   * @param changeId of the change, where it may be asked for again
   * @returns the changed room; null when there is none of such a revision, or the change was made
   */
  update(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    change: RoomChange,
    { now, expected, changeId }: { now: Date } & Guarded,
  ): Promise<RoomRecord | null> {
    const fields: Record<string, unknown> = { ...change };
    if (change.name !== undefined) {
      fields['nameParts'] = nameParts(change.name);
      // A renamed room gives its name free for the next getOrCreate.
      fields['uniqueName'] = null;
    }
    if (change.data !== undefined) fields['dataPairs'] = dataPairs(change.data) ?? null;
    const set: Record<string, unknown> = {
      revision: { $add: [{ $ifNull: ['$revision', 0] }, 1] },
      updatedAt: now,
      ...remembered(changeId),
    };
    const unset: string[] = [];
    for (const [field, value] of Object.entries(fields)) {
      if (value === null) unset.push(field);
      // A literal: `$` and `.` in a tenant's data are characters, not operators and paths.
      else if (value !== undefined) set[field] = { $literal: value };
    }
    const stages = [{ $set: set }, ...(unset.length > 0 ? [{ $unset: unset }] : [])];
    return this.collection.findOneAndUpdate(
      guardedRoom(service, _id, { expected, changeId }),
      stages,
      {
        returnDocument: 'after',
        projection: RECORD,
      },
    );
  }

  remove(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    expected?: ExpectedRevisions,
  ): Promise<Pick<Room, '_id' | 'erizoControllerId'> | null> {
    return this.collection.findOneAndDelete(guardedRoom(service, _id, { expected }), {
      projection: { erizoControllerId: 1 },
    });
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
      { $set: { erizoControllerId: to }, $inc: { revision: 1 } },
    );
    if (matchedCount === 1) return to;
    const room = await this.collection.findOne({ _id }, { projection: { erizoControllerId: 1 } });
    return room?.erizoControllerId ?? null;
  }

  /** Those of these rooms that there are, whosever they are. */
  findForSessions(ids: Types.ObjectId[]): Promise<RoomForSessions[]> {
    const options = { projection: FOR_SESSIONS };
    return this.collection.find<RoomForSessions>({ _id: { $in: ids } }, options).toArray();
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

function guardedRoom(
  service: Types.ObjectId,
  _id: Types.ObjectId,
  guarded: Guarded,
): mongo.Filter<Room> {
  return { _id, service, ...(guardedFilter(guarded) as mongo.Filter<Room>) };
}
