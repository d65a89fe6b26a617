import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { isDeepStrictEqual } from 'node:util';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { NodeClient } from '../erizo-controllers/calls/node-client.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import type { Seats } from '../rooms/room-seats.js';
import type { RoomForRedemption } from '../rooms/room-views.js';
import { RoomsService } from '../rooms/rooms.service.js';
import type { Token } from './schemas/token.schema.js';
import { addSeat, settle, type Occupancy } from './seats.js';

const NO_SEATS: Seats = { revision: 0, listed: [], taken: [] };

/** Keeps rooms with `maxParticipants` from filling beyond it. */
@Injectable()
export class SeatsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a seat for a token. The seats are written over the revision that they were worked out from, so that
   * of two who want the last seat one gets it.
   *
   * @throws ROOM_FULL, ROOM_NOT_FOUND, NODE_UNAVAILABLE
   */
  async take(room: RoomForRedemption, token: Token): Promise<void> {
    // Once: whoever joins from now on has a seat, and a crowd must not ask the node at each of its tries.
    const listed = (await this.namesIn(room)) ?? [];
    for (let current: RoomForRedemption | null = room; current;) {
      const { maxParticipants: max } = current;
      if (max === undefined) return;
      const before = seatsOf(current);
      const takenAt = new Date(this.clock.now());
      // What was written meanwhile may be from a later list than this one.
      const known = current === room ? settle(before, listed, takenAt.getTime()) : before;
      const seat = { tokenId: token._id, userName: token.userName, takenAt };
      const next = addSeat(known, seat, { issuedAt: token.creationDate, max });
      if (!next) {
        if (before.taken.length > 0) await this.save(room, before, known);
        throw new ApiException('ROOM_FULL');
      }
      if (await this.save(room, before, next)) return;
      current = await this.rooms.findForRedemption(room._id);
    }
    throw new ApiException('ROOM_NOT_FOUND');
  }

  /**
   * Asks the room's node who has arrived.
   *
   * @returns whether somebody is still on the way
   */
  async settle(roomId: Types.ObjectId): Promise<boolean> {
    const room = await this.rooms.findForRedemption(roomId);
    if (room?.maxParticipants === undefined) return false;
    const before = seatsOf(room);
    if (before.taken.length === 0) return false;
    const listed = await this.namesIn(room);
    if (!listed) return true;
    const known = settle(before, listed, this.clock.now());
    await this.save(room, before, known);
    return known.taken.length > 0;
  }

  /** @returns false when the seats, or the room, have changed meanwhile */
  private async save(
    { _id }: RoomForRedemption,
    before: Seats,
    { listed, taken }: Occupancy,
  ): Promise<boolean> {
    const { revision } = before;
    if (isDeepStrictEqual(before, { revision, listed, taken })) return true;
    return this.rooms.saveSeats(_id, revision, { revision: revision + 1, listed, taken });
  }

  /** @returns null when the room has no node that lives */
  private async namesIn({ _id, erizoControllerId }: RoomForRedemption): Promise<string[] | null> {
    const node = erizoControllerId && (await this.nodes.findAlive(erizoControllerId));
    if (!node) return null;
    const users = await this.client.getUsersInRoom(node, _id.toHexString());
    return users.map(({ name }) => name);
  }
}

/** Of an earlier version's seats, nobody was listed. */
function seatsOf({ seats }: RoomForRedemption): Seats {
  return { ...NO_SEATS, ...seats };
}
