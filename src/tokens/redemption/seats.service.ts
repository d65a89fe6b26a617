import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { isDeepStrictEqual } from 'node:util';
import { ApiException } from '../../common/errors/api.exception.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { NodeClient } from '../../erizo-controllers/calls/node-client.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { Seat, Seats } from '../../rooms/room-seats.js';
import type { RoomForRedemption } from '../../rooms/room-views.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { RevocationService } from '../revocation/revocation.service.js';
import type { Token } from '../schemas/token.schema.js';
import { addSeat, sameUser, settle, without, type Occupancy } from './seats.js';

const NO_SEATS: Seats = { revision: 0, listed: [], taken: [] };

/** Whether it matters who is in a room: those whom nobody counts take no seats. */
export function hasSeats({ maxParticipants, duplicateUser = 'allow' }: RoomForRedemption): boolean {
  return maxParticipants !== undefined || duplicateUser !== 'allow';
}

/** Keeps rooms with `maxParticipants` from filling beyond it, and people from being in a room twice. */
@Injectable()
export class SeatsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly nodes: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly revocation: RevocationService,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Takes a seat for a token, once. The seats are written over the revision that they were worked out from, so that
   * of two who want the last seat one gets it, and of two who are one person the later knows of the other.
   *
   * @throws ROOM_FULL, DUPLICATE_USER, ROOM_NOT_FOUND, NODE_UNAVAILABLE
   */
  async take(room: RoomForRedemption, token: Token): Promise<void> {
    // Once: whoever joins from now on has a seat, and a crowd must not ask the node at each of its tries.
    const listed = (await this.namesIn(room)) ?? [];
    for (let current: RoomForRedemption | null = room; current;) {
      if (!hasSeats(current)) return;
      const before = seatsOf(current);
      if (isSeated(before, token)) return;
      const now = this.clock.now();
      // What was written meanwhile may be from a later list than this one.
      const known = current === room ? settle(before, listed, now) : before;
      const alone = await this.apart(current, known, token);
      const max = current.maxParticipants ?? Infinity;
      const seat = seatFor(token, current, new Date(now));
      const next = addSeat(alone, seat, { issuedAt: token.creationDate, max });
      if (!next) {
        if (before.taken.length > 0) await this.save(room, before, alone);
        throw new ApiException('ROOM_FULL');
      }
      if (await this.save(room, before, next)) return;
      current = await this.rooms.findForRedemption(room._id);
    }
    throw new ApiException('ROOM_NOT_FOUND');
  }

  /** Gives the seat of a token back that lets nobody in after all. */
  async release(roomId: Types.ObjectId, tokenId: Types.ObjectId): Promise<void> {
    for (;;) {
      const room = await this.rooms.findForRedemption(roomId);
      if (!room) return;
      const before = seatsOf(room);
      const taken = before.taken.filter((seat) => !seat.tokenId.equals(tokenId));
      if (await this.save(room, before, { ...before, taken })) return;
    }
  }

  /**
   * Asks the room's node who has arrived.
   *
   * @returns whether somebody is still on the way
   */
  async settle(roomId: Types.ObjectId): Promise<boolean> {
    const room = await this.rooms.findForRedemption(roomId);
    if (!room || !hasSeats(room)) return false;
    const before = seatsOf(room);
    if (before.taken.length === 0) return false;
    const listed = await this.namesIn(room);
    if (!listed) return true;
    const known = settle(before, listed, this.clock.now());
    await this.save(room, before, known);
    return known.taken.length > 0;
  }

  /**
   * Sees to it that whoever comes is not in the room already.
   *
   * @returns who is in it then
   * @throws DUPLICATE_USER where the later one is refused
   */
  private async apart(room: RoomForRedemption, known: Occupancy, token: Token): Promise<Occupancy> {
    const { duplicateUser = 'allow' } = room;
    if (duplicateUser === 'allow') return known;
    const others = sameUser(known, token);
    if (others.names.length === 0) return known;
    if (duplicateUser === 'refuse') throw new ApiException('DUPLICATE_USER');
    // Who has a seat may not have used the token yet; otherwise they are there, or will be in a moment.
    const tokens = others.seats.map(({ tokenId }) => tokenId);
    await this.revocation.revokeReplaced(tokens);
    await this.disconnect(room, others.names);
    return without(known, others);
  }

  private async disconnect(
    { _id, erizoControllerId }: RoomForRedemption,
    names: readonly string[],
  ): Promise<void> {
    const node = erizoControllerId && (await this.nodes.findAlive(erizoControllerId));
    if (!node) return;
    const room = _id.toHexString();
    await Promise.all(names.map((name) => this.client.deleteUser(node, room, name)));
  }

  /** @returns false when the seats, or the room, have changed meanwhile */
  private async save(
    { _id }: RoomForRedemption,
    before: Seats,
    { listed, taken, present }: Occupancy,
  ): Promise<boolean> {
    const { revision } = before;
    const seats = { listed, taken, ...(present && { present }) };
    if (isDeepStrictEqual(before, { revision, ...seats })) return true;
    return this.rooms.saveSeats(_id, revision, { revision: revision + 1, ...seats });
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

/** Whether the token has its seat: it is redeemed again. A test room's token has one for each use. */
function isSeated({ taken }: Seats, { _id, use }: Token): boolean {
  return use === undefined && taken.some(({ tokenId }) => tokenId.equals(_id));
}

function seatFor(
  token: Token,
  { duplicateUser = 'allow' }: RoomForRedemption,
  takenAt: Date,
): Seat {
  const { _id: tokenId, userName, userId } = token;
  const isAsked = duplicateUser !== 'allow' && userId !== undefined;
  return { tokenId, userName, ...(isAsked && { userId }), takenAt };
}
