import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../../database/driver.js';
import { isDuplicateKey } from '../../database/duplicate-key.js';
import { InsertBatcher } from '../../database/insert-batcher.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { outboxOf, pushing } from '../../outbox/outbox-field.js';
import { Outbox } from '../../outbox/outbox.service.js';
import { Session } from './schemas/session.schema.js';

const WITHOUT_OUTBOX = { outbox: 0 } as const;
const ORDER = { open: -1, joinedAt: -1, _id: -1 } as const;

/** A session without its events. */
export type SessionFields = Omit<Session, 'outbox'>;

/** What of a session is written when it ends. */
export type SessionEnd = Pick<Session, 'leftAt' | 'reason' | 'midnights' | 'expiresAt'>;

/** Whose sessions are asked for; a room's, of all or of some. */
export interface SessionListing {
  service: Types.ObjectId;
  room: Types.ObjectId;
  open?: boolean;
  userName?: string;
  userId?: string;
}

export type SessionPlace = Pick<Session, 'open' | 'joinedAt' | '_id'>;

/** Whom a ban or a kick means. */
export type Person = { userName: string } | { userId: string };

type Where = mongo.Filter<Session>;

@Injectable()
export class SessionsRepository {
  private readonly collection: mongo.Collection<Session>;
  private readonly inserts: InsertBatcher<Session>;

  constructor(@InjectModel(Session.name) model: Model<Session>, outbox: Outbox) {
    this.collection = collectionOf(model);
    this.inserts = new InsertBatcher(() => databaseOf(model), model.collection.name);
    outbox.register(model);
  }

  /** @returns false when it is there already, or the person is in by another */
  insert(session: SessionFields, entries: OutboxEntry[]): Promise<boolean> {
    return this.inserts.insert({ ...session, ...outboxOf(entries) });
  }

  /** Ends a session that is open. @returns false when it has ended before */
  async end(_id: Types.ObjectId, end: SessionEnd, entries: OutboxEntry[]): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, open: true },
      { $set: { open: false, ...end }, ...pushing(entries) },
    );
    return matchedCount === 1;
  }

  /** Names the person of a session that was found by asking. @returns false when somebody else did */
  async adopt(_id: Types.ObjectId, participantId: string): Promise<boolean> {
    try {
      const { matchedCount } = await this.collection.updateOne(
        { _id, open: true, participantId: { $exists: false } },
        { $set: { participantId, source: 'reported' } },
      );
      return matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return true;
      throw error;
    }
  }

  /** Who is in a room, of that name alone if one is given, the latest first. */
  findOpen(
    {
      service,
      room,
      userName,
    }: { service: Types.ObjectId; room: Types.ObjectId; userName?: string },
    limit: number,
  ): Promise<Session[]> {
    const filter = { service, room, ...(userName !== undefined && { userName }), open: true };
    const options = { projection: WITHOUT_OUTBOX, sort: ORDER, limit };
    return this.collection.find(filter, options).toArray();
  }

  /** Those of these names who are in on a node that was asked for them: it does not name them. */
  findPolled(
    node: Types.ObjectId,
    people: readonly Pick<Session, 'room' | 'userName'>[],
  ): Promise<Pick<Session, '_id' | 'room' | 'userName'>[]> {
    const rooms = new Map(people.map(({ room }) => [room.toHexString(), room]));
    const filter: Where = {
      node,
      room: { $in: [...rooms.values()] },
      userName: { $in: [...new Set(people.map(({ userName }) => userName))] },
      open: true,
      source: 'polled',
    };
    return this.collection.find(filter, { projection: { room: 1, userName: 1 } }).toArray();
  }

  /** The latest of that name who has left. */
  findLastEnded(
    service: Types.ObjectId,
    room: Types.ObjectId,
    userName: string,
  ): Promise<Pick<Session, '_id'> | null> {
    const options = { projection: { _id: 1 }, sort: ORDER } as const;
    return this.collection.findOne({ service, room, userName, open: false }, options);
  }

  /** Those of a node's people in a room who are in. */
  findOpenByIds(
    node: Types.ObjectId,
    room: Types.ObjectId,
    participantIds: string[],
  ): Promise<Session[]> {
    const filter = { node, room, open: true, participantId: { $in: participantIds } };
    return this.collection.find(filter, { projection: WITHOUT_OUTBOX }).toArray();
  }

  /** So many of those who are on a node. */
  findOpenOn(node: Types.ObjectId, limit: number): Promise<Session[]> {
    const options = { projection: WITHOUT_OUTBOX, sort: { _id: 1 }, limit } as const;
    return this.collection.find({ node, open: true }, options).toArray();
  }

  /** The first node after this one that somebody is on. */
  async findNodeAfter(after?: Types.ObjectId): Promise<Types.ObjectId | undefined> {
    const filter: Where = { open: true, ...(after && { node: { $gt: after } }) };
    const options = { projection: { node: 1 }, sort: { node: 1, _id: 1 } } as const;
    return (await this.collection.findOne(filter, options))?.node;
  }

  /** The rooms that somebody is in, as they are read. */
  findOccupied(): mongo.FindCursor<Pick<Session, 'room' | 'service'>> {
    const options = { projection: { room: 1, service: 1, _id: 0 }, batchSize: 1_000 } as const;
    return this.collection.find({ open: true }, options).hint({ node: 1, _id: 1 });
  }

  /** The sessions that ended with their nodes since then. */
  findLost(since: Date, limit: number): Promise<Pick<Session, 'room' | 'service' | 'node'>[]> {
    const filter: Where = { reason: 'node_lost', leftAt: { $gte: since } };
    const options = {
      projection: { room: 1, service: 1, node: 1 },
      sort: { leftAt: -1 },
      limit,
    } as const;
    return this.collection.find(filter, options).toArray();
  }

  /** Where somebody is in, in the order of ids. */
  findOpenOf(
    service: Types.ObjectId,
    person: Person,
    { after, limit }: { after?: Types.ObjectId; limit: number },
  ): Promise<Pick<Session, '_id' | 'room' | 'userName' | 'userId'>[]> {
    const filter: Where = { service, ...person, open: true, ...(after && { _id: { $gt: after } }) };
    const options = {
      projection: { room: 1, userName: 1, userId: 1 },
      sort: { _id: 1 },
      limit,
    } as const;
    return this.collection.find(filter, options).toArray();
  }

  /** A part of a list: those who are in first, then the latest. @param place after which */
  async *findListed(
    listing: SessionListing,
    { place, limit }: { place?: SessionPlace; limit: number },
  ): AsyncGenerator<Session> {
    const options = { projection: WITHOUT_OUTBOX, sort: ORDER, limit, batchSize: limit };
    const read = (own: Where): mongo.FindCursor<Session> =>
      this.collection.find({ ...listing, ...own }, options);
    if (!place) {
      yield* read({});
      return;
    }
    const { open, joinedAt, _id } = place;
    yield* read({ open, joinedAt, _id: { $lt: _id } });
    yield* read({ open, joinedAt: { $lt: joinedAt } });
    if (open && listing.open === undefined) yield* read({ open: false });
  }

  /** Those who were in at this midnight: they came before. */
  async *findAcross(
    service: Types.ObjectId,
    midnight: Date,
  ): AsyncGenerator<Pick<Session, '_id' | 'room' | 'joinedAt' | 'leftAt'>> {
    const options = { projection: FOR_USAGE, batchSize: USAGE_BATCH };
    // Who leaves between the two is in both.
    const seen = new Set<string>();
    const inStill = { service, open: true, joinedAt: { $lt: midnight } };
    for await (const session of this.collection.find(inStill, options)) {
      seen.add(session._id.toHexString());
      yield session;
    }
    const left = { service, midnights: midnight, open: false };
    for await (const session of this.collection.find(left, options)) {
      if (!seen.has(session._id.toHexString())) yield session;
    }
  }

  /** Those who came in that time, in the order in which they came. */
  findJoined(
    service: Types.ObjectId,
    from: Date,
    to: Date,
  ): mongo.FindCursor<Pick<Session, '_id' | 'room' | 'joinedAt' | 'leftAt'>> {
    const filter = { service, joinedAt: { $gte: from, $lt: to } };
    const options = {
      projection: FOR_USAGE,
      sort: { joinedAt: 1 },
      batchSize: USAGE_BATCH,
    } as const;
    return this.collection.find(filter, options);
  }

  async hasAny(service: Types.ObjectId, room: Types.ObjectId): Promise<boolean> {
    const options = { projection: { _id: 1 }, sort: ORDER } as const;
    return (await this.collection.findOne({ service, room }, options)) !== null;
  }

  async removeAll(service: Types.ObjectId): Promise<void> {
    await this.collection.deleteMany({ service });
  }
}

const FOR_USAGE = { room: 1, joinedAt: 1, leftAt: 1 } as const;
/** Sessions a round trip: others have their turn in between. */
const USAGE_BATCH = 1_000;
