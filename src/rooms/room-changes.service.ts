import { Injectable } from '@nestjs/common';
import type { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import { Clock } from '../common/clock.js';
import { isExpected, isMadeBy, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { DatabaseClock } from '../database/database-clock.js';
import { RoomDeletions } from './deletion/room-deletions.service.js';
import { orThrow, roomId } from './known-room.js';
import { withSettings } from './lifetime/life-changes.js';
import { backlog, isSame, LifetimesService } from './lifetime/lifetimes.service.js';
import { lifetimeIn, type LifetimeInput, type RoomLife } from './lifetime/room-life.js';
import { dataFits, isStorable, type RoomData } from './room-data.js';
import { RoomEvents } from './room-events.js';
import { changeOf, type RoomChange, type RoomSettings } from './room-settings.js';
import type { OwnedRoom, RoomRecord } from './room-views.js';
import { RoomsRepository } from './rooms.repository.js';

type Merge = (data: unknown, patch: RoomData) => RoomData;

/** Changes rooms of a tenant, closes and deletes them. */
@Injectable()
export class RoomChanges {
  constructor(
    private readonly repository: RoomsRepository,
    private readonly deletions: RoomDeletions,
    private readonly lifetimes: LifetimesService,
    private readonly events: RoomEvents,
    private readonly activity: ActivityService,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Sets what is given; the rest of the room stays.
   *
   * @param options.merge how `data` is merged into what is there, to be written over the revision that this was; otherwise
   *   it takes its place
   * @param options.expected the revisions that may be changed
   * @param options.changeId of the change, where whoever asks may ask again: it is made once
   * @throws ROOM_NOT_FOUND, INVALID_DATA, PRECONDITION_FAILED, EVENT_BACKLOG, INVALID_REQUEST for times that do not go
   *   together
   */
  async update(
    service: Types.ObjectId,
    id: string,
    { name, ...settings }: RoomSettings & LifetimeInput & { name?: string },
    { merge, ...guarded }: Guarded & { merge?: Merge } = {},
  ): Promise<RoomRecord> {
    const _id = roomId(id);
    const change: RoomChange = { ...(name !== undefined && { name }), ...changeOf(settings) };
    const lifetime = lifetimeIn(settings);
    if (Object.keys(change).length === 0 && !lifetime) return this.expect(service, _id, guarded);
    const isRead = lifetime || (merge && change.data) || (await this.events.isLogged(service));
    if (isRead) return this.updateRead(service, _id, { change, lifetime }, { merge, ...guarded });
    return (
      (await this.write(service, _id, change, { now: new Date(this.clock.now()), ...guarded })) ??
      // Tells why: it is gone, of another revision, or changed so before.
      this.expect(service, _id, { ...guarded, expected: [] })
    );
  }

  /** Closes a room by request; a closed one stays as it is. @throws as `LifetimesService.close` */
  async close(service: Types.ObjectId, id: string): Promise<RoomRecord> {
    return this.lifetimes.close(service, roomId(id));
  }

  /** Opens a closed room again. An open one gets the end that is given. @throws as `LifetimesService.reopen` */
  async reopen(
    service: Types.ObjectId,
    id: string,
    input: Pick<LifetimeInput, 'endsAt'>,
  ): Promise<RoomRecord> {
    const room = await this.lifetimes.reopen(service, roomId(id), input);
    const { endsAt } = input;
    if (endsAt === undefined) return room;
    const end = endsAt === null ? undefined : Date.parse(endsAt);
    return end === room.life?.endsAt?.getTime() ? room : this.update(service, id, { endsAt });
  }

  /**
   * Deletes a room; its tokens are dead from then on, and its live call is ended.
   *
   * @throws ROOM_NOT_FOUND, PRECONDITION_FAILED
   */
  async remove(service: Types.ObjectId, id: string, expected?: ExpectedRevisions): Promise<void> {
    const _id = roomId(id);
    const read = async (): Promise<OwnedRoom> => ({
      ...(await this.expect(service, _id, { expected })),
      service,
    });
    await this.deletions.remove(service, _id, { expected, read });
    this.activity.count('roomsChanged');
  }

  /** A change that is worked out from the room as it is, and written over that. */
  private async updateRead(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    { change, lifetime }: { change: RoomChange; lifetime?: LifetimeInput },
    { merge, ...guarded }: Guarded & { merge?: Merge },
  ): Promise<RoomRecord> {
    for (let before: RoomRecord | undefined; ;) {
      const room = await this.expect(service, _id, guarded);
      if (isMadeBy(guarded.changeId, room)) return room;
      if (before && isSame(before, room)) throw backlog();
      const data = merge && change.data ? merge(room.data, change.data) : change.data;
      if (data && merge && !(dataFits(data) && isStorable(data))) {
        throw new ApiException('INVALID_DATA');
      }
      const made = { ...change, ...(data !== undefined && { data }) };
      const living = lifetime && { life: this.changedLife(room, lifetime) };
      const now = new Date(this.clock.now());
      const after = changed({ ...room, ...living, service }, made, now);
      const entries = await this.events.of('room.updated', after);
      const { changeId } = guarded;
      const written = await this.write(service, _id, made, {
        now,
        changeId,
        over: room,
        living,
        entries,
      });
      if (written) {
        this.events.written(entries);
        return written;
      }
      before = room;
    }
  }

  private changedLife({ life, test }: RoomRecord, lifetime: LifetimeInput): RoomLife | undefined {
    if (test) throw ApiException.ofFields(Object.keys(lifetime), 'a test room is always open');
    return withSettings(life, lifetime, this.databaseClock.now());
  }

  private async expect(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    guarded: Guarded,
  ): Promise<RoomRecord> {
    const room = orThrow(await this.repository.findOne(service, _id));
    if (!isExpected(room, guarded)) throw new ApiException('PRECONDITION_FAILED');
    return room;
  }

  private async write(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    change: RoomChange,
    made: Parameters<RoomsRepository['update']>[3],
  ): Promise<RoomRecord | null> {
    const room = await this.repository.update(service, _id, change, made);
    if (room) this.activity.count('roomsChanged');
    return room;
  }
}

/** A room as a change leaves it. */
function changed(room: OwnedRoom, change: RoomChange, updatedAt: Date): OwnedRoom {
  const set = Object.entries(change).map(([field, value]) => [field, value ?? undefined]);
  return { ...room, ...(Object.fromEntries(set) as object), updatedAt };
}
