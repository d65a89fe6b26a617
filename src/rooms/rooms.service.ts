import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { PendingRoomClosuresService } from '../erizo-controllers/calls/pending-room-closures.service.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService, type SigningService } from '../services/services.service.js';
import { ListRoomsQuery } from './dto/list-rooms.query.js';
import { mergedSizeFits } from './room-data.js';
import type { Seats } from './room-seats.js';
import {
  changeOf,
  settingsOf,
  type NewRoom,
  type RoomChange,
  type RoomSettings,
} from './room-settings.js';
import type { RoomForRedemption, RoomForToken, RoomView } from './room-views.js';
import { RoomsRepository } from './rooms.repository.js';
import type { Room } from './schemas/room.schema.js';

const TEST_ROOM_NAME = 'testRoom';

/** The rooms of a tenant. Another tenant's room does not exist here. */
@Injectable()
export class RoomsService implements OnModuleInit {
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

  /** @throws UNAUTHENTICATED when the service was deleted meanwhile */
  async create(
    service: Pick<SigningService, '_id' | 'readAt'>,
    wanted: NewRoom,
  ): Promise<RoomView> {
    this.activity.count('roomsChanged');
    const room = await this.getOrCreate(service._id, wanted);
    if (await this.services.isStillThere(service)) return room;
    await this.repository.remove(service._id, room._id);
    throw new ApiException('UNAUTHENTICATED', { cause: 'service deleted' });
  }

  private async getOrCreate(
    service: Types.ObjectId,
    { name, getOrCreate, test, ...settings }: NewRoom,
  ): Promise<RoomView> {
    if (test) {
      return this.repository.getOrInsert({ test: true }, this.newRoom(service, TEST_ROOM_NAME));
    }
    const room = this.newRoom(service, name, settings);
    if (getOrCreate) {
      const existing = await this.repository.findLastByName(service, name);
      return existing ?? this.repository.getOrInsert({ uniqueName: name }, room);
    }
    await this.repository.insert(room);
    return room;
  }

  /** @throws ROOM_NOT_FOUND */
  async findOne(service: Types.ObjectId, id: string): Promise<RoomView> {
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

  /** The whole list, or a page and one room more, which tells that there is a next. */
  find(service: Types.ObjectId, query: ListRoomsQuery): AsyncIterable<RoomView> {
    const { cursor, name } = query;
    const size = ListRoomsQuery.pageSize(query);
    const limit = size === undefined ? undefined : size + 1;
    const after = cursor === undefined ? undefined : (parseObjectId(cursor) ?? undefined);
    return this.repository.find(service, { limit, after, name });
  }

  /** Sets the name and the settings that are given; the rest of the room stays. @throws ROOM_NOT_FOUND */
  async replace(
    service: Types.ObjectId,
    id: string,
    { name, ...settings }: RoomSettings & { name: string },
  ): Promise<void> {
    const change: RoomChange = { name, ...changeOf(settings) };
    if (!(await this.repository.update(service, roomId(id), change, false))) throw notFound();
    this.activity.count('roomsChanged');
  }

  /** Sets what is given, and merges `data` key by key. @throws ROOM_NOT_FOUND, DATA_TOO_LARGE */
  async update(
    service: Types.ObjectId,
    id: string,
    { name, ...settings }: RoomSettings & { name?: string },
  ): Promise<void> {
    const change: RoomChange = { name, ...changeOf(settings) };
    if (change.data) {
      const { data } = await this.findOne(service, id);
      if (!mergedSizeFits(data, change.data)) {
        throw new ApiException('DATA_TOO_LARGE');
      }
    }
    if (!(await this.repository.update(service, roomId(id), change, true))) throw notFound();
    this.activity.count('roomsChanged');
  }

  /** Deletes a room; its tokens are dead from then on, and its live call is ended. @throws ROOM_NOT_FOUND */
  async remove(service: Types.ObjectId, id: string): Promise<void> {
    const { _id, erizoControllerId } = orThrow(await this.repository.remove(service, roomId(id)));
    this.activity.count('roomsChanged');
    if (erizoControllerId) await this.roomEnds.end(erizoControllerId, _id.toHexString());
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

  private newRoom(service: Types.ObjectId, name: string, settings: RoomSettings = {}): Room {
    return {
      _id: new Types.ObjectId(),
      name,
      ...settingsOf(settings),
      service,
      createdAt: new Date(this.clock.now()),
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
