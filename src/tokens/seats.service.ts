import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import { ErizoControllerClient } from '../erizo-controllers/rpc/erizo-controller-client.js';
import { RoomsRepository, type RoomForRedemption } from '../rooms/rooms.repository.js';
import { occupancyOf } from './seats.js';
import type { Token } from './schemas/token.schema.js';

/** Keeps rooms with `maxParticipants` from filling beyond it. */
@Injectable()
export class SeatsService {
  constructor(
    private readonly rooms: RoomsRepository,
    private readonly controllers: ErizoControllersService,
    private readonly client: ErizoControllerClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a seat for a token. The seats are written over the revision that they were worked out from, so that
   * of two who want the last seat one gets it.
   *
   * @throws ROOM_FULL, ROOM_NOT_FOUND, ERIZO_CONTROLLER_UNAVAILABLE
   */
  async take(room: RoomForRedemption, { _id: tokenId, userName }: Token): Promise<void> {
    // Once: whoever joins from now on has a seat, and a crowd must not ask the node at each of its tries.
    const users = await this.usersOf(room);
    for (let current: RoomForRedemption | null = room; current;) {
      if (current.maxParticipants === undefined) return;
      const { revision = 0, taken = [] } = current.seats ?? {};
      const takenAt = new Date(this.clock.now());
      const { seats, count } = occupancyOf(taken, users, takenAt.getTime());
      if (count >= current.maxParticipants) throw new ApiException('ROOM_FULL');
      const next = { revision: revision + 1, taken: [...seats, { tokenId, userName, takenAt }] };
      if (await this.rooms.saveSeats(room._id, revision, next)) return;
      current = await this.rooms.findForRedemption(room._id);
    }
    throw new ApiException('ROOM_NOT_FOUND');
  }

  private async usersOf({ _id, erizoControllerId }: RoomForRedemption): Promise<string[]> {
    const controller = erizoControllerId && (await this.controllers.findAlive(erizoControllerId));
    if (!controller) return [];
    const users = await this.client.getUsersInRoom(controller, _id.toHexString());
    return users.map(({ name }) => name);
  }
}
