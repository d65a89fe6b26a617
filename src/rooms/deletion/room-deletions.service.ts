import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import type { ExpectedRevisions } from '../../common/conditional/if-match.decorator.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { Leader } from '../../database/leader/leader.service.js';
import { PendingRoomClosuresService } from '../../erizo-controllers/calls/pending-room-closures.service.js';
import type { OutboxEntry } from '../../outbox/outbox-entry.js';
import { RoomEvents } from '../room-events.js';
import type { RoomListener } from '../room-listener.js';
import type { OwnedRoom } from '../room-views.js';
import type { RoomMark } from '../schemas/room.schema.js';
import { RoomDeletionsRepository } from './room-deletions.repository.js';

const EVERY_MS = 5_000;
const BATCH = 100;

/**
 * Deletes rooms: in one step a room becomes a mark, which says what is left to be done. Whoever made it ends the call;
 * what a process has left that ended meanwhile is finished by the leading instance.
 */
@Injectable()
export class RoomDeletions implements OnModuleInit {
  private readonly listeners: RoomListener[] = [];

  constructor(
    private readonly repository: RoomDeletionsRepository,
    private readonly events: RoomEvents,
    private readonly closures: PendingRoomClosuresService,
    private readonly leader: Leader,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.leader.duty('deleted rooms', { everyMs: EVERY_MS, work: () => this.finishLeft() });
  }

  /**
   * Lets a module that rooms know nothing of delete what it keeps of a deleted room; it may be called often. What it keeps of
   * a service, see ServiceRemovals.
   */
  onDeleted(listener: RoomListener): void {
    this.listeners.push(listener);
  }

  /**
   * Deletes a room, and ends its call.
   *
   * @param expected the revisions that it may have
   * @param read the room as it is now, of such a revision, for what tells of its deletion; it throws when there is none
   */
  async remove(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    { expected, read }: { expected?: ExpectedRevisions; read: () => Promise<OwnedRoom> },
  ): Promise<void> {
    if (!(await this.events.isLogged(service))) {
      const mark = await this.repository.mark(service, _id, { now: this.clock.now(), expected });
      if (mark) await this.finish(mark);
      // Tells why it was not deleted.
      else await read();
      return;
    }
    for (;;) {
      const room = await read();
      const entries = await this.events.of('room.deleted', room);
      if (await this.removeOver(room, entries)) return;
    }
  }

  /** Deletes a room as it was read. @returns false when it has changed meanwhile, or is gone */
  async removeOver(room: OwnedRoom, entries: OutboxEntry[]): Promise<boolean> {
    const mark = await this.repository.markOver(room, { now: this.clock.now(), entries });
    if (!mark) return false;
    this.events.written(entries);
    await this.finish(mark);
    return true;
  }

  /** Deletes all rooms of a service that is gone, and ends their calls. */
  async removeAll(service: Types.ObjectId): Promise<void> {
    const assigned = await this.repository.findAssigned(service).toArray();
    await this.repository.markAll(service, this.clock.now());
    await this.closures.endAll(
      assigned.map(({ _id, erizoControllerId }) => ({
        controllerId: erizoControllerId,
        roomId: _id.toHexString(),
      })),
    );
    await this.repository.removeMarks(
      service,
      assigned.map(({ _id }) => _id),
    );
  }

  /** Takes a room back that should not have been made. */
  takeBack(service: Types.ObjectId, _id: Types.ObjectId): Promise<void> {
    return this.repository.takeBack(service, _id);
  }

  /** Finishes what others have left. */
  async finishLeft(): Promise<void> {
    for (;;) {
      const left = await this.repository.findUnfinished(this.clock.now(), BATCH);
      await this.endCalls(left);
      for (const mark of left) await this.tell(mark);
      for (const { _id } of left) await this.repository.finish(_id, this.clock.now());
      if (left.length < BATCH) return;
    }
  }

  private async finish(mark: RoomMark): Promise<void> {
    await this.tell(mark);
    if (!mark.nodeToTell) return;
    await this.endCalls([mark]);
    await this.repository.finish(mark._id, this.clock.now());
  }

  private async tell({ deletedOf, _id }: RoomMark): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener(deletedOf, _id)));
  }

  private async endCalls(marks: RoomMark[]): Promise<void> {
    const calls = marks.flatMap(({ _id, nodeToTell }) =>
      nodeToTell ? [{ controllerId: nodeToTell, roomId: _id.toHexString() }] : [],
    );
    await this.closures.endAll(calls);
  }
}
