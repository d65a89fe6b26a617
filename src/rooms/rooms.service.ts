import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { PendingRoomClosuresService } from '../erizo-controllers/calls/pending-room-closures.service.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService, type SigningService } from '../services/services.service.js';
import { isExpected, isMadeBy, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import type { RoomListing } from './list/room-listing.js';
import { dataFits, isStorable, type RoomData } from './room-data.js';
import type { Seats } from './room-seats.js';
import {
  changeOf,
  settingsOf,
  type NewRoom,
  type RoomChange,
  type RoomSettings,
} from './room-settings.js';
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

type RoomRemovalListener = (service: Types.ObjectId, room: Types.ObjectId) => void;

/** The rooms of a tenant. Another tenant's room does not exist here. */
@Injectable()
export class RoomsService implements OnModuleInit {
  private readonly removalListeners: RoomRemovalListener[] = [];

  constructor(
    private readonly repository: RoomsRepository,
    private readonly services: ServicesService,
    private readonly removals: ServiceRemovals,
    private readonly roomEnds: PendingRoomClosuresService,
    private readonly activity: ActivityService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.removeAll(service));
  }

  /**
   * @param id of the room that is made, where whoever asks may ask again
   * @returns whether the room is new: it is not where one that was there will do, or has the id already
   * @throws UNAUTHENTICATED when the service was deleted meanwhile
   */
  async create(
    service: Pick<SigningService, '_id' | 'readAt'>,
    wanted: NewRoom,
    id = new Types.ObjectId(),
  ): Promise<{ room: RoomRecord; isNew: boolean }> {
    this.activity.count('roomsChanged');
    const made = this.newRoom(service._id, id, wanted);
    const room = await this.getOrInsert(made, wanted);
    if (await this.services.isStillThere(service)) {
      return { room, isNew: room._id.equals(id) };
    }
    await this.repository.remove(service._id, room._id);
    throw new ApiException('UNAUTHENTICATED', { cause: 'service deleted' });
  }

  private async getOrInsert(room: Room, { name, getOrCreate, test }: NewRoom): Promise<RoomRecord> {
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
  assign(
    id: Types.ObjectId,
    from: Types.ObjectId | undefined,
    to: Types.ObjectId,
  ): Promise<Types.ObjectId | null> {
    return this.repository.assign(id, from, to);
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
   * @throws ROOM_NOT_FOUND, INVALID_DATA, PRECONDITION_FAILED
   */
  async update(
    service: Types.ObjectId,
    id: string,
    { name, ...settings }: RoomSettings & { name?: string },
    { merge, ...guarded }: Guarded & { merge?: (data: unknown, patch: RoomData) => RoomData } = {},
  ): Promise<RoomRecord> {
    const _id = roomId(id);
    const change: RoomChange = { ...(name !== undefined && { name }), ...changeOf(settings) };
    if (Object.keys(change).length === 0) return this.expect(service, _id, guarded);
    const patch = change.data;
    while (merge && patch) {
      const room = await this.expect(service, _id, guarded);
      if (isMadeBy(guarded.changeId, room)) return room;
      const data = merge(room.data, patch);
      if (!dataFits(data) || !isStorable(data)) throw new ApiException('INVALID_DATA');
      const { revision = 0 } = room;
      const updated = await this.write(
        service,
        _id,
        { ...change, data },
        { ...guarded, expected: [revision] },
      );
      if (updated) return updated;
    }
    return (
      (await this.write(service, _id, change, guarded)) ??
      // Tells why: it is gone, of another revision, or changed so before.
      this.expect(service, _id, { ...guarded, expected: [] })
    );
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
    guarded: Guarded,
  ): Promise<RoomRecord | null> {
    const now = new Date(this.clock.now());
    const room = await this.repository.update(service, _id, change, { now, ...guarded });
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
    const removed = await this.repository.remove(service, _id, expected);
    if (!removed) await this.expect(service, _id, { expected: [] });
    this.activity.count('roomsChanged');
    const { erizoControllerId } = removed ?? {};
    if (erizoControllerId) await this.roomEnds.end(erizoControllerId, _id.toHexString());
    for (const listener of this.removalListeners) listener(service, _id);
  }

  /** The listener is told of each room that is deleted here, and must find out by itself about those that are elsewhere. */
  onRemoved(listener: RoomRemovalListener): void {
    this.removalListeners.push(listener);
  }

  private async removeAll(service: Types.ObjectId): Promise<void> {
    const assigned = await this.repository.findAssigned(service).toArray();
    await this.repository.removeAll(service);
    this.activity.count('roomsChanged');
    await this.roomEnds.endAll(
      assigned.map(({ _id, erizoControllerId: controllerId }) => ({
        controllerId,
        roomId: _id.toHexString(),
      })),
    );
  }

  private newRoom(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    { name: wanted, test, ...settings }: NewRoom,
  ): Room {
    const name = test ? TEST_ROOM_NAME : wanted;
    const stored = test ? {} : settingsOf(settings);
    return {
      _id,
      name,
      ...stored,
      service,
      createdAt: new Date(this.clock.now()),
      ...searchFields({ name, data: stored.data }),
    };
  }
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
