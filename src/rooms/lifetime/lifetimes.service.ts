import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../../activity/activity.service.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { PendingRoomClosuresService } from '../../erizo-controllers/calls/pending-room-closures.service.js';
import { RoomDeletions } from '../deletion/room-deletions.service.js';
import { RoomEvents } from '../room-events.js';
import type { RoomListener } from '../room-listener.js';
import type { OwnedRoom, RoomForRedemption, RoomRecord } from '../room-views.js';
import { RoomsRepository } from '../rooms.repository.js';
import { closed, occupied, reopened } from './life-changes.js';
import { LifetimesRepository } from './lifetimes.repository.js';
import { checkOpen } from './open-hours.js';
import { statusOf, type CloseReason, type LifetimeInput } from './room-life.js';

/** So long after a room was closed its call is ended once more, for those who were on their way into it. */
const SECOND_END_MS = 15_000;

/** Rooms open and close. */
@Injectable()
export class LifetimesService {
  private readonly listeners: RoomListener[] = [];

  constructor(
    private readonly repository: LifetimesRepository,
    private readonly rooms: RoomsRepository,
    private readonly deletions: RoomDeletions,
    private readonly events: RoomEvents,
    private readonly closures: PendingRoomClosuresService,
    private readonly activity: ActivityService,
    private readonly clock: DatabaseClock,
  ) {}

  /** Lets another module act on rooms that are closed, when their calls are ended: at once, and once more a while later. */
  onClosed(listener: RoomListener): void {
    this.listeners.push(listener);
  }

  /**
   * Closes a room by request: nobody is let in, and its call is ended. A closed one stays as it is.
   *
   * @throws ROOM_NOT_FOUND, INVALID_REQUEST for a test room, EVENT_BACKLOG
   */
  close(service: Types.ObjectId, id: Types.ObjectId): Promise<RoomRecord> {
    return this.change(service, id, async (room) => {
      if (room.life?.closedAt) return room;
      const written = await this.writeClosed(room, 'request', { isGuarded: true });
      if (written) await this.endCalls([written]);
      return written;
    });
  }

  /**
   * Opens a closed room again, as if it were new. An open one gets the end that is given.
   *
   * @throws ROOM_NOT_FOUND, ROOM_END_PASSED, EVENT_BACKLOG, INVALID_REQUEST for times that do not go together
   */
  reopen(
    service: Types.ObjectId,
    id: Types.ObjectId,
    input: Pick<LifetimeInput, 'endsAt'>,
  ): Promise<RoomRecord> {
    return this.change(service, id, async (room) => {
      if (!room.life?.closedAt) return room;
      const life = reopened(room.life, input, this.clock.now());
      const after = { ...room, life };
      const type = statusOf(after) === 'scheduled' ? 'room.updated' : 'room.opened';
      const entries = await this.events.of(type, after);
      const change = { life, entries, isVisible: true, isGuarded: true };
      const written = await this.repository.write(room, change);
      if (written) this.wrote(entries);
      return written;
    });
  }

  /**
   * Notes that a participant is let in. A room without a life, and one in which somebody is already, are not written.
   *
   * @param now by the database's clock
   * @throws ROOM_NOT_OPEN, ROOM_ENDED, ROOM_NOT_FOUND
   */
  async noteAdmission(room: RoomForRedemption, now: number): Promise<void> {
    for (let current: RoomForRedemption | null = room; current;) {
      checkOpen(current, now);
      const { life } = current;
      if (!life || (life.occupied && !life.emptyAt)) return;
      const next = occupied(life, now);
      const isVisible = statusOf(current) !== statusOf({ life: next });
      if (await this.repository.write(current, { life: next, isVisible })) return;
      current = await this.rooms.findForRedemption(room._id);
    }
    throw new ApiException('ROOM_NOT_FOUND');
  }

  /**
   * Ends the life of a room whose time is over: it is closed, or deleted. Its call is yet to be ended: see `endCalls`.
   *
   * @returns the closed room; null when it has changed meanwhile, or is deleted
   */
  async end(room: OwnedRoom, reason: CloseReason): Promise<OwnedRoom | null> {
    if (room.life?.afterEnd !== 'delete') return this.writeClosed(room, reason);
    const after = this.closedFrom(room, reason);
    const entries = [
      ...(await this.events.of('room.closed', after, { reason })),
      ...(await this.events.of('room.deleted', after, { reason })),
    ];
    if (await this.deletions.removeOver(room, entries)) this.activity.count('roomsChanged');
    return null;
  }

  /** Ends the calls of closed rooms, and plans to do it once more. What was done twice does no harm. */
  async endCalls(rooms: OwnedRoom[]): Promise<void> {
    await this.closures.endAll(
      rooms.flatMap(({ _id, erizoControllerId: controllerId }) =>
        controllerId ? [{ controllerId, roomId: _id.toHexString() }] : [],
      ),
    );
    const told = rooms.flatMap(({ service, _id }) =>
      this.listeners.map((listener) => listener(service, _id)),
    );
    await Promise.all([...told, ...rooms.map((room) => this.planSecondEnd(room))]);
  }

  private async planSecondEnd(room: OwnedRoom): Promise<void> {
    const { life } = room;
    if (!life?.closedAt || !life.callEndAt) return;
    const { callEndAt, ...rest } = life;
    const second = new Date(life.closedAt.getTime() + SECOND_END_MS);
    const next = { ...rest, revision: life.revision + 1 };
    const isFirst = callEndAt < second;
    await this.repository.write(room, { life: isFirst ? { ...next, callEndAt: second } : next });
  }

  private async writeClosed(
    room: OwnedRoom,
    reason: CloseReason,
    { isGuarded = false } = {},
  ): Promise<OwnedRoom | null> {
    const after = this.closedFrom(room, reason);
    const entries = await this.events.of('room.closed', after, { reason });
    const change = { life: after.life, entries, isVisible: true, isGuarded };
    const written = await this.repository.write(room, change);
    if (written) this.wrote(entries);
    return written;
  }

  private closedFrom(room: OwnedRoom, reason: CloseReason): OwnedRoom {
    const hasNode = room.erizoControllerId !== undefined;
    return { ...room, life: closed(room.life, reason, { now: this.clock.now(), hasNode }) };
  }

  private wrote(entries: Parameters<RoomEvents['written']>[0]): void {
    this.activity.count('roomsChanged');
    this.events.written(entries);
  }

  /** Tries a change until nobody else has made one meanwhile. */
  private async change(
    service: Types.ObjectId,
    id: Types.ObjectId,
    attempt: (room: OwnedRoom) => Promise<OwnedRoom | null>,
  ): Promise<RoomRecord> {
    for (let before: RoomRecord | undefined; ;) {
      const found = await this.rooms.findOne(service, id);
      if (!found) throw new ApiException('ROOM_NOT_FOUND');
      if (found.test) throw ApiException.ofFields([], 'a test room is always open');
      if (before && isSame(before, found)) throw backlog();
      const changed = await attempt({ ...found, service });
      if (changed) return changed;
      before = found;
    }
  }
}

/** Whether a change of a room failed though nothing else has changed: then its outbox is full. */
export function isSame(a: RoomRecord, b: RoomRecord): boolean {
  return a.revision === b.revision && a.life?.revision === b.life?.revision;
}

export function backlog(): ApiException {
  return new ApiException('EVENT_BACKLOG', { retryAfterSeconds: 1 });
}
