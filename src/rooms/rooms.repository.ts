import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { guardedFilter, remembered, type Guarded } from '../common/conditional/guarded.js';
import { databaseOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { FindBatcher } from '../database/find-batcher.js';
import { KeyFinder } from '../database/key-finder.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { appended, OUTBOX_HAS_ROOM, pushing } from '../outbox/outbox-field.js';
import { Outbox } from '../outbox/outbox.service.js';
import { dueOf } from './lifetime/life-plan.js';
import type { Living } from './lifetime/room-life.js';
import { NO_RAW_FIELDS, OWNED, RECORD, unchanged, VIEW } from './room-records.js';
import type { Seats } from './room-seats.js';
import type { RoomChange } from './room-settings.js';
import type { RoomListing } from './list/room-listing.js';
import type { RoomPage } from './room-page.js';
import type {
  OwnedRoom,
  RoomForRedemption,
  RoomForSessions,
  RoomForToken,
  RoomRecord,
  RoomView,
} from './room-views.js';
import type { PartsRead } from './search/name-search.js';
import { Room, type RoomMark } from './schemas/room.schema.js';
import { dataPairs } from './search/data-pairs.js';
import { nameParts } from './search/name-parts.js';

/**
 * Rooms a round trip while a list is streamed. Left to itself the database would send 16 MB at a time, which is
 * what the list would wait for and take in memory.
 */
const LIST_BATCH = 500;

const PARTS_INDEX = { service: 1, nameParts: 1, _id: 1 } as const;

const FOR_TOKEN = {
  ...VIEW,
  service: 1,
  erizoControllerId: 1,
  test: 1,
  life: 1,
} as const;

const FOR_SESSIONS = {
  service: 1,
  erizoControllerId: 1,
  p2p: 1,
  createdAt: 1,
  'life.closedAt': 1,
} as const;

const FOR_REDEMPTION = {
  maxParticipants: 1,
  duplicateUser: 1,
  service: 1,
  seats: 1,
  erizoControllerId: 1,
  revision: 1,
  life: 1,
} as const;

/** Tells a mark from a room: see `RoomMark`. A query by id alone is faster than one that excludes marks. */
const IS_MARK = { deletedAt: 1 } as const;

interface MadeChange extends Guarded {
  now: Date;
  over?: RoomRecord;
  living?: Living;
  entries?: OutboxEntry[];
}

/** Queries of rooms. Every query for a tenant carries the tenant's id. */
@Injectable()
export class RoomsRepository {
  private readonly collection: mongo.Collection<Room>;
  private readonly records: FindBatcher<RoomRecord>;
  private readonly forToken: FindBatcher<RoomForToken>;
  private readonly forRedemption: KeyFinder<Types.ObjectId, RoomForRedemption>;

  constructor(@InjectModel(Room.name) rooms: Model<Room>, outbox: Outbox) {
    // The driver itself: input is validated and ids are parsed before they come here, and Mongoose's
    // casting would cost more than the query.
    const [database, { name }] = [databaseOf(rooms), rooms.collection];
    this.collection = database.collection<Room>(name, { fieldsAsRaw: NO_RAW_FIELDS });
    const documents = database.collection(name, { fieldsAsRaw: NO_RAW_FIELDS });
    this.records = new FindBatcher(documents, 'service', RECORD);
    this.forToken = new FindBatcher(documents, 'service', FOR_TOKEN);
    this.forRedemption = new KeyFinder(documents, {
      field: '_id',
      projection: FOR_REDEMPTION,
      keyOf: ({ _id }) => _id,
      textOf: (id) => id.toHexString(),
    });
    outbox.register(rooms);
  }

  /** @returns the room, or the one that has its id already; null when that was deleted */
  async insert(room: Room): Promise<RoomRecord | null> {
    try {
      await this.collection.insertOne(room);
      return room;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const found = await this.findOne(room.service, room._id);
      if (!found && !(await this.isMarked(room))) throw error;
      return found;
    }
  }

  /** The room that holds this unique mark already, or the given one, inserted; null when that was deleted. */
  async getOrInsert(
    mark: { uniqueName: string } | { test: true },
    room: Room,
  ): Promise<RoomRecord | null> {
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
        if (await this.isMarked(room)) return null;
      }
    }
  }

  /** Whether a room of this id was deleted. */
  private async isMarked({ _id, service }: Room): Promise<boolean> {
    const filter = { _id, deletedOf: service };
    return (await this.collection.findOne(filter, { projection: { _id: 1 } })) !== null;
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
    return this.findAny(_id, FOR_TOKEN);
  }

  /** Whosever it is. */
  findAnyRecord(_id: Types.ObjectId): Promise<OwnedRoom | null> {
    return this.findAny(_id, OWNED);
  }

  private async findAny<T>(_id: Types.ObjectId, fields: Record<string, 1>): Promise<T | null> {
    const projection = { ...fields, ...IS_MARK };
    const found = await this.collection.findOne<T & Partial<RoomMark>>({ _id }, { projection });
    return found?.deletedAt ? null : found;
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
   * @param made.expected the revisions that may be changed
   * @param made.changeId of the change, where it may be asked for again
   * @param made.over the room that the change was worked out from: it is made only while that is as it was read
   * @param made.living the life that it has from then on; left out where that stays
   * @param made.entries events to be written with the change, which is refused while the outbox is full
   * @returns the changed room; null when there is none of such a revision, or the change was made
   */
  update(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    change: RoomChange,
    made: MadeChange,
  ): Promise<RoomRecord | null> {
    const { now, expected, changeId, over, living, entries = [] } = made;
    const fields: Record<string, unknown> = { ...change };
    if (change.name !== undefined) {
      fields['nameParts'] = nameParts(change.name);
      // A renamed room gives its name free for the next getOrCreate.
      fields['uniqueName'] = null;
    }
    if (change.data !== undefined) fields['dataPairs'] = dataPairs(change.data) ?? null;
    if (living) {
      fields['life'] = living.life ?? null;
      fields['dueAt'] = (living.life && dueOf(living.life)) ?? null;
    }
    const set: Record<string, unknown> = {
      revision: { $add: [{ $ifNull: ['$revision', 0] }, 1] },
      updatedAt: now,
      ...remembered(changeId),
      ...appended(entries),
    };
    const unset: string[] = [];
    for (const [field, value] of Object.entries(fields)) {
      if (value === null) unset.push(field);
      // A literal: `$` and `.` in a tenant's data are characters, not operators and paths.
      else if (value !== undefined) set[field] = { $literal: value };
    }
    const stages = [{ $set: set }, ...(unset.length > 0 ? [{ $unset: unset }] : [])];
    const filter = {
      ...guardedRoom(service, _id, { expected, changeId }),
      ...(over && unchanged(over)),
      ...(entries.length > 0 && OUTBOX_HAS_ROOM),
    };
    return this.collection.findOneAndUpdate(filter, stages, {
      returnDocument: 'after',
      projection: RECORD,
    });
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
      { _id, service: { $exists: true }, erizoControllerId: from ?? { $exists: false } },
      { $set: { erizoControllerId: to }, $inc: { revision: 1 } },
    );
    if (matchedCount === 1) return to;
    const room = await this.findAny<Pick<Room, 'erizoControllerId'>>(_id, { erizoControllerId: 1 });
    return room?.erizoControllerId ?? null;
  }

  /** Those of these rooms that there are, whosever they are. */
  findForSessions(ids: Types.ObjectId[]): Promise<RoomForSessions[]> {
    const options = { projection: FOR_SESSIONS };
    return this.collection
      .find<RoomForSessions>({ _id: { $in: ids }, service: { $exists: true } }, options)
      .toArray();
  }

  /** Gives a room, as it was read, to another node. @returns false when it has changed meanwhile, or is gone */
  async move(room: OwnedRoom, to: Types.ObjectId, entries: OutboxEntry[]): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id: room._id, service: room.service, ...unchanged(room) },
      { $set: { erizoControllerId: to }, $inc: { revision: 1 }, ...pushing(entries) },
    );
    return matchedCount === 1;
  }

  /** A room that must not be changed. */
  async findForRedemption(_id: Types.ObjectId): Promise<RoomForRedemption | null> {
    const [room] = await this.forRedemption.find([_id]);
    // A mark of a deleted room has no service.
    return room?.service ? room : null;
  }

  /** Writes the seats over that revision of them. @returns false when they, or the room, have changed */
  async saveSeats(_id: Types.ObjectId, revision: number, seats: Seats): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      {
        _id,
        service: { $exists: true },
        'seats.revision': revision === 0 ? { $exists: false } : revision,
      },
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
