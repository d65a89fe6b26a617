import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import type { ExpectedRevisions } from '../../common/conditional/if-match.decorator.js';
import { revisionFilter } from '../../common/conditional/revision-filter.js';
import { databaseOf } from '../../database/driver.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { appended } from '../../outbox/outbox-field.js';
import { unchanged } from '../room-records.js';
import type { OwnedRoom } from '../room-views.js';
import { Room, type RoomMark } from '../schemas/room.schema.js';

/** So long a request has to finish what it has deleted before somebody else does. */
const FINISH_MS = 5_000;

/** So long the id of a deleted room makes no room again: as long as a request may be sent again by its key. */
const TOMBSTONE_MS = 24 * 3_600_000;

/** Rooms written at once. */
const BATCH = 1_000;

/** Marks rooms as deleted, and finishes the marks. */
@Injectable()
export class RoomDeletionsRepository {
  private readonly rooms: mongo.Collection<Room>;
  private readonly marks: mongo.Collection<RoomMark>;

  constructor(@InjectModel(Room.name) model: Model<Room>) {
    const { name } = model.collection;
    this.rooms = databaseOf(model).collection<Room>(name);
    this.marks = databaseOf(model).collection<RoomMark>(name);
  }

  /** @returns the mark of the room; null when there is none of such a revision */
  mark(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    { now, expected }: { now: number; expected?: ExpectedRevisions },
  ): Promise<RoomMark | null> {
    return this.replace({ _id, service, ...revisionFilter(expected) }, { now, entries: [] });
  }

  /** The same of a room as it was read, with events. @returns null when it has changed meanwhile, or is gone */
  markOver(
    room: OwnedRoom,
    { now, entries }: { now: number; entries: OutboxEntry[] },
  ): Promise<RoomMark | null> {
    const { _id, service } = room;
    return this.replace({ _id, service, ...unchanged(room) }, { now, entries });
  }

  /** The rooms of a service that a node has, as they are read from the database. */
  findAssigned(
    service: Types.ObjectId,
  ): mongo.FindCursor<{ _id: Types.ObjectId; erizoControllerId: Types.ObjectId }> {
    return this.rooms
      .find({ service, erizoControllerId: { $exists: true } })
      .project<{ _id: Types.ObjectId; erizoControllerId: Types.ObjectId }>({
        erizoControllerId: 1,
      });
  }

  /** Marks all rooms of a service that have a node, and deletes the others. */
  async markAll(service: Types.ObjectId, now: number): Promise<void> {
    await this.rooms.deleteMany({ service, erizoControllerId: { $exists: false } });
    await this.rooms.updateMany({ service }, stagesOf(now, []));
  }

  /** Deletes marks of a service that is gone: nobody asks for its rooms again. */
  async removeMarks(service: Types.ObjectId, ids: Types.ObjectId[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      const some = { $in: ids.slice(from, from + BATCH) };
      await this.marks.deleteMany({ _id: some, deletedOf: service });
    }
  }

  /** Takes a room back that should not have been made. */
  async takeBack(service: Types.ObjectId, _id: Types.ObjectId): Promise<void> {
    await this.rooms.deleteOne({ _id, service });
  }

  /** So many marks at most of which something is left to be done, those that wait longest first. */
  findUnfinished(now: number, limit: number): Promise<RoomMark[]> {
    return this.marks
      .find({ finishAt: { $lte: new Date(now) } })
      .sort({ finishAt: 1 })
      .limit(limit)
      .toArray();
  }

  /** The call is ended, or noted to be. Nothing is left to be done when the events are in the log, too. */
  async finish(_id: Types.ObjectId, now: number): Promise<void> {
    const mark = { _id, finishAt: { $exists: true } };
    const { matchedCount } = await this.marks.updateOne(
      { ...mark, 'outbox.0': { $exists: false } },
      {
        $set: { expiresAt: new Date(now + TOMBSTONE_MS) },
        $unset: { finishAt: '', nodeToTell: '', outbox: '' },
      },
    );
    if (matchedCount === 1) return;
    const finishAt = new Date(now + FINISH_MS);
    await this.marks.updateOne(mark, { $set: { finishAt }, $unset: { nodeToTell: '' } });
  }

  private async replace(
    filter: mongo.Filter<Room>,
    { now, entries }: { now: number; entries: OutboxEntry[] },
  ): Promise<RoomMark | null> {
    const options = { returnDocument: 'after' } as const;
    const found = await this.rooms.findOneAndUpdate(filter, stagesOf(now, entries), options);
    return found as RoomMark | null;
  }
}

/** What makes the mark of a room out of it: nothing else of it stays. */
function stagesOf(now: number, entries: OutboxEntry[]): mongo.Document[] {
  const isPresent = (field: string): object => ({ $ne: [{ $type: field }, 'missing'] });
  const isUnfinished =
    entries.length > 0 ? true : { $or: [isPresent('$erizoControllerId'), isPresent('$outbox')] };
  const mark = {
    _id: '$_id',
    deletedOf: '$service',
    deletedAt: new Date(now),
    nodeToTell: '$erizoControllerId',
    outbox: '$outbox',
    ...appended(entries),
  };
  const left = { finishAt: new Date(now + FINISH_MS) };
  const done = { expiresAt: new Date(now + TOMBSTONE_MS) };
  const end = { $cond: [isUnfinished, { $literal: left }, { $literal: done }] };
  return [{ $replaceWith: { $mergeObjects: [mark, end] } }];
}
