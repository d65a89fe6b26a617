import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import { databaseOf } from '../../database/driver.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { OUTBOX_HAS_ROOM, pushing } from '../../outbox/outbox-field.js';
import { NO_RAW_FIELDS, OWNED, unchanged } from '../room-records.js';
import type { OwnedRoom } from '../room-views.js';
import { Room } from '../schemas/room.schema.js';
import { dueOf } from './life-plan.js';
import type { Living, RoomLife } from './room-life.js';

interface LifeChange {
  /** Undefined for none. */
  life: RoomLife | undefined;
  /** Events to be written with it. */
  entries?: OutboxEntry[];
  /** Whether it changes what the tenant sees. */
  isVisible?: boolean;
  /** Whether it is refused while the outbox is full. */
  isGuarded?: boolean;
}

/** Reads and writes the lives of rooms. */
@Injectable()
export class LifetimesRepository {
  private readonly collection: mongo.Collection<Room>;

  constructor(@InjectModel(Room.name) rooms: Model<Room>) {
    const { name } = rooms.collection;
    this.collection = databaseOf(rooms).collection<Room>(name, { fieldsAsRaw: NO_RAW_FIELDS });
  }

  /** So many rooms at most for which something is to be done, those that wait longest first. */
  findDue(now: number, limit: number): Promise<OwnedRoom[]> {
    const filter = { dueAt: { $lte: new Date(now) } };
    const options = { projection: OWNED, sort: { dueAt: 1 }, limit, batchSize: limit } as const;
    return this.collection.find<OwnedRoom>(filter, options).toArray();
  }

  /**
   * Writes a life over the one that it was worked out from.
   *
   * @returns the changed room; null when it has changed meanwhile, or is gone
   */
  write(
    before: Pick<Room, '_id' | 'revision'> & Living,
    { life, entries = [], isVisible = false, isGuarded = false }: LifeChange,
  ): Promise<OwnedRoom | null> {
    const dueAt = life && dueOf(life);
    const $set = { ...(life && { life }), ...(dueAt && { dueAt }) };
    const $unset = { ...(!life && { life: '' }), ...(!dueAt && { dueAt: '' }) } as const;
    const filter = {
      _id: before._id,
      service: { $exists: true },
      ...unchanged(before),
      ...(isGuarded && OUTBOX_HAS_ROOM),
    };
    const update = {
      ...(Object.keys($set).length > 0 && { $set }),
      ...(Object.keys($unset).length > 0 && { $unset }),
      ...(isVisible && { $inc: { revision: 1 } }),
      ...pushing(entries),
    };
    return this.collection.findOneAndUpdate(filter, update as mongo.UpdateFilter<Room>, {
      returnDocument: 'after',
      projection: OWNED,
    }) as Promise<OwnedRoom | null>;
  }

  /**
   * Takes a look at a room for this instance, so that nobody else asks its node before the next one is due.
   *
   * @returns false when another was faster
   */
  async claimLook({ _id, life }: OwnedRoom, next: Date): Promise<boolean> {
    const dueAt = life && dueOf({ ...life, lookAt: next });
    const { matchedCount } = await this.collection.updateOne(
      { _id, 'life.revision': life?.revision, 'life.lookAt': life?.lookAt },
      { $set: { 'life.lookAt': next, dueAt } },
    );
    return matchedCount === 1;
  }

  /** Puts a room off for which nothing could be done. */
  async postpone(_id: Types.ObjectId, until: Date): Promise<void> {
    await this.collection.updateOne({ _id, dueAt: { $exists: true } }, { $set: { dueAt: until } });
  }
}
