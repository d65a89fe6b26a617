import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { NodeClient } from '../erizo-controllers/calls/node-client.js';
import type { Participant } from '../erizo-controllers/calls/participant.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import type { RoomForToken } from '../rooms/room-views.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { inParallel } from './in-parallel.js';
import { RemovalsService } from './removals/removals.service.js';
import { SessionsRepository, type Person } from './sessions/sessions.repository.js';

/** What became of a kick: `later` where the node is silent, and is told when it is back. */
export type Kicked = 'removed' | 'later' | 'nobody';

/** Sessions that are read at a time of those whom a ban meets, and kicks at the same time. */
const BATCH = 200;
const PARALLEL = 10;

/** The participants of a room: its node knows them, the database does not. */
@Injectable()
export class ParticipantsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly controllers: ErizoControllersService,
    private readonly client: NodeClient,
    private readonly removals: RemovalsService,
    private readonly sessions: SessionsRepository,
  ) {}

  /** @throws ROOM_NOT_FOUND, NODE_UNAVAILABLE */
  async findAll(service: Types.ObjectId, room: string): Promise<Participant[]> {
    const controller = await this.controllerOf(await this.rooms.findForToken(service, room));
    return controller ? this.client.getUsersInRoom(controller, room.toLowerCase()) : [];
  }

  /** The first of that name. @throws ROOM_NOT_FOUND, PARTICIPANT_NOT_FOUND, NODE_UNAVAILABLE */
  async findOne(service: Types.ObjectId, room: string, name: string): Promise<Participant> {
    const users = await this.findAll(service, room);
    const user = users.find((candidate) => candidate.name === name);
    if (!user) throw new ApiException('PARTICIPANT_NOT_FOUND');
    return user;
  }

  /**
   * Disconnects everyone of that name, and keeps on until they are gone.
   *
   * @throws ROOM_NOT_FOUND, PARTICIPANT_NOT_FOUND, NODE_UNAVAILABLE
   */
  async remove(service: Types.ObjectId, id: string, userName: string): Promise<Kicked> {
    const { _id: room, erizoControllerId, life } = await this.rooms.findForToken(service, id);
    if (!erizoControllerId || life?.closedAt) return 'nobody';
    const node = await this.controllers.findAlive(erizoControllerId);
    if (!node && !(await this.controllers.knows(erizoControllerId))) return 'nobody';
    const person = { service, room, node: erizoControllerId, userName };
    if (!(await this.removals.kick(node, person))) throw new ApiException('PARTICIPANT_NOT_FOUND');
    return node ? 'removed' : 'later';
  }

  /**
   * Disconnects somebody from one room, or from all in which a session says that they are, and keeps on until they are gone.
   * Nodes know people by name: namesakes in their rooms go with them.
   *
   * @param roomId of the room, if it is one. A name is removed from it where there are no sessions, too.
   * @returns from how many rooms
   */
  async removeEverywhere(
    service: Types.ObjectId,
    person: Person,
    roomId?: Types.ObjectId,
  ): Promise<number> {
    const names = new Map<string, { room: Types.ObjectId; userName: string; userId?: string }>();
    if (roomId && 'userName' in person) {
      names.set(keyOf(roomId, person.userName), { room: roomId, userName: person.userName });
    }
    for (let after: Types.ObjectId | undefined; ;) {
      const page = await this.sessions.findOpenOf(service, person, { after, limit: BATCH });
      for (const { room, userName, userId } of page) {
        if (!roomId || roomId.equals(room))
          names.set(keyOf(room, userName), { room, userName, userId });
      }
      after = page.at(-1)?._id;
      if (page.length < BATCH) break;
    }
    await inParallel(names.values(), PARALLEL, (who) => this.removeQuietly(service, who));
    return new Set([...names.values()].map(({ room }) => room.toHexString())).size;
  }

  /** Whom a node does not remove now it removes later, and who is in no room is gone. */
  private async removeQuietly(
    service: Types.ObjectId,
    { room: id, userName, userId }: { room: Types.ObjectId; userName: string; userId?: string },
  ): Promise<void> {
    try {
      const { _id: room, erizoControllerId } = await this.rooms.findForToken(
        service,
        id.toHexString(),
      );
      if (!erizoControllerId) return;
      const node = await this.controllers.findAlive(erizoControllerId);
      const person = {
        service,
        room,
        node: erizoControllerId,
        userName,
        ...(userId && { userId }),
      };
      await this.removals.kick(node, person);
    } catch (error) {
      const isLeftToLater =
        error instanceof ApiException &&
        (error.code === 'ROOM_NOT_FOUND' || error.code === 'NODE_UNAVAILABLE');
      if (!isLeftToLater) throw error;
    }
  }

  /** A room whose node is gone, and one that is closed, has nobody in it. */
  private async controllerOf({
    erizoControllerId,
    life,
  }: RoomForToken): Promise<ErizoController | null> {
    if (!erizoControllerId || life?.closedAt) return null;
    return this.controllers.findAlive(erizoControllerId);
  }
}

function keyOf(room: Types.ObjectId, userName: string): string {
  return `${room.toHexString()} ${userName}`;
}
