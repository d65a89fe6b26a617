import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import type { AuthenticatedService } from '../auth/authenticated-request.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import type { Permissions, Roles } from '../common/participant-roles/roles.js';
import { Environment } from '../config/environment.js';
import { ErizoControllersService } from '../erizo-controllers/erizo-controllers.service.js';
import type { RoomForRedemption } from '../rooms/room-views.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { ServicesService } from '../services/services.service.js';
import { Arrivals } from './arrivals.js';
import type { Token } from './schemas/token.schema.js';
import { SeatsService } from './seats.service.js';
import { decodeToken, isSignedWith } from './token-string.js';
import { TokensRepository } from './tokens.repository.js';

const NO_ROLES: Roles = {};

export interface Redeemed {
  token: Token;
  /** Of the token's room, if it has a limit. */
  maxParticipants?: number;
  /** Of the token's role, where that is one of its service's and they were asked for. */
  permissions?: Permissions;
}

/** Lets participants in: each token once, in time, into a room that exists and has a seat. */
@Injectable()
export class RedemptionService {
  constructor(
    private readonly repository: TokensRepository,
    private readonly rooms: RoomsService,
    private readonly seats: SeatsService,
    private readonly arrivals: Arrivals,
    private readonly nodes: ErizoControllersService,
    private readonly services: ServicesService,
    private readonly activity: ActivityService,
    private readonly clock: Clock,
    private readonly environment: Environment,
  ) {}

  /**
   * Redeems the token string that a participant showed to a node.
   *
   * @param node who asks: a node may redeem the tokens of its own nodes only
   * @throws TOKEN_INVALID, TOKEN_SIGNATURE_INVALID, TOKEN_HOST_MISMATCH, and what `redeem` throws
   */
  async redeemString(node: AuthenticatedService, text: string): Promise<Redeemed> {
    const claims = decodeToken(text);
    if (!claims) throw new ApiException('TOKEN_INVALID');
    if (!isSignedWith(claims, this.environment.tokenKey)) {
      throw new ApiException('TOKEN_SIGNATURE_INVALID');
    }
    if (node.role !== 'superservice' && !(await this.nodes.ownsHost(node._id, claims.host))) {
      throw new ApiException('TOKEN_HOST_MISMATCH');
    }
    return this.redeem(claims.tokenId, { withPermissions: true });
  }

  /**
   * Takes a token's use. A token that was refused for want of a seat can be tried again.
   *
   * @throws TOKEN_NOT_FOUND, TOKEN_EXPIRED, TOKEN_STALE, ROOM_NOT_FOUND, ROOM_FULL, NODE_UNAVAILABLE
   */
  async redeem(tokenId: string, { withPermissions = false } = {}): Promise<Redeemed> {
    try {
      const redeemed = await this.take(tokenId, withPermissions);
      this.activity.count('redeemed');
      return redeemed;
    } catch (error) {
      this.activity.count('refused');
      throw error;
    }
  }

  private async take(tokenId: string, withPermissions: boolean): Promise<Redeemed> {
    const _id = parseObjectId(tokenId);
    if (!_id) throw new ApiException('TOKEN_NOT_FOUND');
    const now = new Date(this.clock.now());
    const token = (await this.repository.take(_id, now)) ?? (await this.takeTestUse(_id, now));
    try {
      // After the token was taken: whoever deletes the room from now on ends the call as well.
      const [room, roles] = await Promise.all([
        this.rooms.findForRedemption(token.room),
        withPermissions ? this.services.findRoles(token.service) : NO_ROLES,
      ]);
      if (!room) throw new ApiException('ROOM_NOT_FOUND');
      if (isStale(token, room)) throw new ApiException('TOKEN_STALE');
      if (room.maxParticipants !== undefined) {
        await this.seats.take(room, token);
        this.arrivals.expect(room._id);
      }
      const permissions = Object.hasOwn(roles, token.role) ? roles[token.role] : undefined;
      return { token, maxParticipants: room.maxParticipants, permissions };
    } catch (error) {
      if (!isFinal(error)) await this.repository.restore(token);
      throw error;
    }
  }

  /** A test room's token is not used up; any other that was not there to take is refused for what it is. */
  private async takeTestUse(_id: Types.ObjectId, now: Date): Promise<Token> {
    const token = await this.repository.findOne(_id);
    if (token && token.expiresAt <= now) throw new ApiException('TOKEN_EXPIRED');
    const taken = token?.use !== undefined && (await this.repository.takeTestUse(_id, now));
    if (!taken) throw new ApiException('TOKEN_NOT_FOUND');
    return taken;
  }
}

/**
 * Whether the room has left the node that the token was made for. Instances may judge a node's silence apart, and have
 * made tokens for two nodes: the room's document alone says which of them lets participants in.
 */
function isStale({ erizoControllerId: issuedFor }: Token, room: RoomForRedemption): boolean {
  return issuedFor !== undefined && !room.erizoControllerId?.equals(issuedFor);
}

/** Whether a token will be refused for that at any later time. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof ApiException &&
    (error.code === 'ROOM_NOT_FOUND' || error.code === 'TOKEN_STALE')
  );
}
