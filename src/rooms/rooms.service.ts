import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { DatabaseClock } from '../database/database-clock.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService } from '../services/services.service.js';
import type { SigningService } from '../services/signing-service.js';
import { outboxOf } from '../outbox/outbox-field.js';
import { isExpected, isMadeBy, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import type { RoomListing } from './list/room-listing.js';
import { RoomDeletions, type DeletionListener } from './deletion/room-deletions.service.js';
import { newLife, withSettings } from './lifetime/life-changes.js';
import { dueOf } from './lifetime/life-plan.js';
import { backlog, isSame, LifetimesService } from './lifetime/lifetimes.service.js';
import { lifetimeIn, type LifetimeInput, type RoomLife } from './lifetime/room-life.js';
import { dataFits, isStorable, type RoomData } from './room-data.js';
import { RoomEvents } from './room-events.js';
import type { Seats } from './room-seats.js';
import {
  changeOf,
  settingsOf,
  type NewRoom,
  type RoomChange,
  type RoomSettings,
} from './room-settings.js';
import type {
  OwnedRoom,
  RoomForRedemption,
  RoomForSessions,
  RoomForToken,
  RoomRecord,
  RoomView,
} from './room-views.js';
import type { RoomPage } from './room-page.js';
import { RoomsRepository } from './rooms.repository.js';
import type { Room } from './schemas/room.schema.js';
import { searchFields } from './search/search-fields.js';
import { searchByPiece, type SearchPlace } from './search/name-search.js';

const TEST_ROOM_NAME = 'testRoom';

type Merge = (data: unknown, patch: RoomData) => RoomData;

/** The rooms of a tenant. Another tenant's room does not exist here. */
@Injectable()
export class RoomsService implements OnModuleInit {
  constructor(
    private readonly repository: RoomsRepository,
    private readonly services: ServicesService,
    private readonly removals: ServiceRemovals,
    private readonly deletions: RoomDeletions,
    private readonly lifetimes: LifetimesService,
    private readonly events: RoomEvents,
    private readonly activity: ActivityService,
    private readonly clock: Clock,
    private readonly databaseClock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.removeAll(service));
  }

  /** See `RoomDeletions.onDeleted`. */
  onRemoved(listener: DeletionListener): void {
    this.deletions.onDeleted(listener);
  }

  /**
   * @param id of the room that is made, where whoever asks may ask again
   * @returns whether the room is new: it is not where one that was there will do, or has the id already
   * @throws UNAUTHENTICATED when the service was deleted meanwhile, ROOM_NOT_FOUND when the room that has the id was deleted,
   *   INVALID_REQUEST for times that do not go together
   */
  async create(
    service: Pick<SigningService, '_id' | 'readAt' | 'roomDefaults'>,
    wanted: NewRoom,
    id = new Types.ObjectId(),
  ): Promise<{ room: RoomRecord; isNew: boolean }> {
    this.activity.count('roomsChanged');
    const made = this.newRoom(service, id, wanted);
    const entries = await this.events.of('room.created', made);
    const room = orThrow(await this.getOrInsert(Object.assign(made, outboxOf(entries)), wanted));
    if (room._id.equals(id)) this.events.written(entries);
    if (await this.services.isStillThere(service)) {
      return { room, isNew: room._id.equals(id) };
    }
    await this.deletions.takeBack(service._id, room._id);
    throw new ApiException('UNAUTHENTICATED', { cause: 'service deleted' });
  }

  private async getOrInsert(
    room: Room,
    { name, getOrCreate, test }: NewRoom,
  ): Promise<RoomRecord | null> {
    if (test) return this.repository.getOrInsert({ test: true }, room);
    if (!getOrCreate) return this.repository.insert(room);
    const existing = await this.repository.findLastByName(room.service, name);
    return existing ?? this.repository.getOrInsert({ uniqueName: name }, room);
  }

  /** @throws ROOM_NOT_FOUND */
  async findOne(service: Types.ObjectId, id: string): Promise<RoomRecord> {
    return orThrow(await this.repository.findOne(service, roomId(id)));
  }

  /** @throws ROOM_NOT_FOUND */
  async findForToken(service: Types.ObjectId, id: string): Promise<RoomForToken> {
    return orThrow(await this.repository.findForToken(service, roomId(id)));
  }

  /** A room of any tenant, for the superservice. @throws ROOM_NOT_FOUND */
  async findAnyForToken(id: string): Promise<RoomForToken> {
    return orThrow(await this.repository.findAnyForToken(roomId(id)));
  }

  /** Those of these rooms that there are, whosever they are. */
  findForSessions(ids: Types.ObjectId[]): Promise<RoomForSessions[]> {
    return this.repository.findForSessions(ids);
  }

  findForRedemption(id: Types.ObjectId): Promise<RoomForRedemption | null> {
    return this.repository.findForRedemption(id);
  }

  /**
   * Gives a room to a node, if the room is still with the node it was read with.
   *
   * @returns the node that has the room now: the given one, or another's choice; null when the room is gone
   */
  async assign(
    id: Types.ObjectId,
    from: Types.ObjectId | undefined,
    to: Types.ObjectId,
  ): Promise<Types.ObjectId | null> {
    if (!from) return this.repository.assign(id, from, to);
    for (;;) {
      const room = await this.repository.findAnyRecord(id);
      if (!room?.erizoControllerId?.equals(from)) return room?.erizoControllerId ?? null;
      const [fromNodeId, toNodeId] = [from.toHexString(), to.toHexString()];
      const after = { ...room, erizoControllerId: to };
      const entries = await this.events.of('room.moved', after, { fromNodeId, toNodeId });
      if (!(await this.repository.move(room, to, entries))) continue;
      this.events.written(entries);
      return to;
    }
  }

  /**
   * Notes that a participant is let in, by the database's clock. Only rooms with a life are written, and only when the
   * participant is the first in a while.
   *
   * @throws ROOM_NOT_OPEN, ROOM_ENDED, ROOM_NOT_FOUND
   */
  noteAdmission(room: RoomForRedemption, now: number): Promise<void> {
    return this.lifetimes.noteAdmission(room, now);
  }

  /** Writes the seats over that revision of them. @returns false when they, or the room, have changed */
  saveSeats(id: Types.ObjectId, revision: number, seats: Seats): Promise<boolean> {
    return this.repository.saveSeats(id, revision, seats);
  }

  /** The whole list, or a page and one room more, in the order of ids. */
  find(service: Types.ObjectId, page: RoomPage): AsyncIterable<RoomView> {
    return this.repository.find(service, page);
  }

  /** Rooms of a listing, in its order, after a place in it. */
  findListed(
    service: Types.ObjectId,
    listing: RoomListing,
    page: { place?: { value: unknown; id: Types.ObjectId }; limit: number },
  ): AsyncIterable<RoomRecord> {
    return this.repository.findListed(service, listing, page);
  }

  /** Rooms whose name holds a piece, after a place in the search. */
  search(
    service: Types.ObjectId,
    piece: string,
    page: { place?: SearchPlace; limit: number },
  ): Promise<{ rooms: RoomRecord[]; next?: SearchPlace }> {
    return searchByPiece(
      (which, count) => this.repository.findByParts(service, which, count),
      piece,
      page,
    );
  }

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

  private async removeAll(service: Types.ObjectId): Promise<void> {
    await this.deletions.removeAll(service);
    this.activity.count('roomsChanged');
  }

  private newRoom(
    { _id: service, roomDefaults }: Pick<SigningService, '_id' | 'roomDefaults'>,
    _id: Types.ObjectId,
    { name: wanted, test, ...settings }: NewRoom,
  ): Room {
    const name = test ? TEST_ROOM_NAME : wanted;
    const stored = test ? {} : settingsOf(settings);
    const lifetime = test ? undefined : lifetimeIn({ ...roomDefaults, ...lifetimeIn(settings) });
    const life = lifetime && newLife(lifetime, this.databaseClock.now());
    const dueAt = life && dueOf(life);
    return {
      _id,
      name,
      ...stored,
      service,
      createdAt: new Date(this.clock.now()),
      ...searchFields({ name, data: stored.data }),
      ...(test && { test }),
      ...(life && { life }),
      ...(dueAt && { dueAt }),
    };
  }
}

/** A room as a change leaves it. */
function changed(room: OwnedRoom, change: RoomChange, updatedAt: Date): OwnedRoom {
  const set = Object.entries(change).map(([field, value]) => [field, value ?? undefined]);
  return { ...room, ...(Object.fromEntries(set) as object), updatedAt };
}

/** A string that is no id names no room. */
function roomId(id: string): Types.ObjectId {
  return orThrow(parseObjectId(id));
}

function orThrow<T>(value: T | null): T {
  if (value === null) throw notFound();
  return value;
}

function notFound(): ApiException {
  return new ApiException('ROOM_NOT_FOUND');
}
