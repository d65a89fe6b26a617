import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { DatabaseClock } from '../database/database-clock.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService } from '../services/services.service.js';
import type { SigningService } from '../services/signing-service.js';
import { outboxOf } from '../outbox/outbox-field.js';
import type { RoomListing } from './list/room-listing.js';
import { RoomDeletions } from './deletion/room-deletions.service.js';
import { orThrow, roomId } from './known-room.js';
import { newLife } from './lifetime/life-changes.js';
import { dueOf } from './lifetime/life-plan.js';
import { LifetimesService } from './lifetime/lifetimes.service.js';
import { lifetimeIn } from './lifetime/room-life.js';
import { RoomEvents } from './room-events.js';
import type { RoomListener } from './room-listener.js';
import type { Seats } from './room-seats.js';
import { settingsOf, type NewRoom } from './room-settings.js';
import type {
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
  onRemoved(listener: RoomListener): void {
    this.deletions.onDeleted(listener);
  }

  /** See `LifetimesService.onClosed`. */
  onClosed(listener: RoomListener): void {
    this.lifetimes.onClosed(listener);
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
