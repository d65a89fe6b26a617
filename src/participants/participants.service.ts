import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { NodeClient } from '../erizo-controllers/calls/node-client.js';
import type { ErizoController } from '../erizo-controllers/erizo-controller.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import type { Participant } from '../erizo-controllers/calls/participant.js';
import { RoomsService } from '../rooms/rooms.service.js';

/** The participants of a room: its node knows them, the database does not. */
@Injectable()
export class ParticipantsService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly controllers: ErizoControllersService,
    private readonly client: NodeClient,
  ) {}

  /** @throws ROOM_NOT_FOUND, NODE_UNAVAILABLE */
  async findAll(service: Types.ObjectId, room: string): Promise<Participant[]> {
    const controller = await this.controllerOf(service, room);
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
   * Disconnects everyone of that name.
   *
   * @returns false where the room has no node that lives, so that nobody is in it
   * @throws ROOM_NOT_FOUND, PARTICIPANT_NOT_FOUND, NODE_UNAVAILABLE
   */
  async remove(service: Types.ObjectId, room: string, name: string): Promise<boolean> {
    const controller = await this.controllerOf(service, room);
    if (!controller) return false;
    const removed = await this.client.deleteUser(controller, room.toLowerCase(), name);
    if (!removed) throw new ApiException('PARTICIPANT_NOT_FOUND');
    return true;
  }

  /** A room whose node is gone has nobody in it. */
  private async controllerOf(
    service: Types.ObjectId,
    room: string,
  ): Promise<ErizoController | null> {
    const { erizoControllerId } = await this.rooms.findForToken(service, room);
    return erizoControllerId ? this.controllers.findAlive(erizoControllerId) : null;
  }
}
