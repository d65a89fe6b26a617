import { Injectable } from '@nestjs/common';
import { ActivityService } from '../../activity/activity.service.js';
import type { AuthenticatedService } from '../../auth/authenticated-request.js';
import type { ReplayCheck } from '../../auth/replay-check/replay-check.js';
import { BansService } from '../../bans/bans.service.js';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseObjectId } from '../../common/object-id.js';
import type { Permissions, Roles } from '../../common/participant-roles/roles.js';
import { Environment } from '../../config/environment.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { ErizoControllersService } from '../../erizo-controllers/erizo-controllers.service.js';
import type { RoomForRedemption } from '../../rooms/room-views.js';
import { checkOpen } from '../../rooms/lifetime/open-hours.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { ServicesService } from '../../services/services.service.js';
import type { Token } from '../schemas/token.schema.js';
import { decodeToken, isSignedWith } from '../token-string.js';
import { TokensRepository } from '../tokens.repository.js';
import { Arrivals } from './arrivals.js';
import { restCall, type RedemptionCall } from './redemption-call.js';
import { Refusals } from './refusals.js';
import { hasSeats, SeatsService } from './seats.service.js';
import { refuseUnusable } from './refuse-unusable.js';
import { TokenTaker } from './token-taker.js';

const NO_ROLES: Roles = {};

export interface Redeemed {
  token: Token;
  /** Of the token's room, if it has a limit. */
  maxParticipants?: number;
  /** Of the token's role, where that is one of its service's and they were asked for. */
  permissions?: Permissions;
}

/**
 * Lets participants in: each token once, in time, into a room that exists and has a seat. All that may refuse one is looked
 * at first, and the token is taken by one update over what it must still be: so a refusal uses nothing up. Whether the room
 * is open and the person kept out is looked at once more when the token is taken: what was acknowledged before that lets
 * nobody in, and the token is given back.
 */
@Injectable()
export class RedemptionService {
  constructor(
    private readonly repository: TokensRepository,
    private readonly taker: TokenTaker,
    private readonly rooms: RoomsService,
    private readonly bans: BansService,
    private readonly seats: SeatsService,
    private readonly arrivals: Arrivals,
    private readonly nodes: ErizoControllersService,
    private readonly services: ServicesService,
    private readonly refusals: Refusals,
    private readonly activity: ActivityService,
    private readonly clock: DatabaseClock,
    private readonly environment: Environment,
  ) {}

  /**
   * Redeems the token string that a participant showed to a node.
   *
   * @param node who asks: a node may redeem the tokens of its own nodes only
   * @param replayCheck passes before anything is written
   * @throws TOKEN_INVALID, TOKEN_SIGNATURE_INVALID, TOKEN_HOST_MISMATCH, and what `redeem` throws
   */
  async redeemString(
    node: AuthenticatedService,
    text: string,
    replayCheck: ReplayCheck,
  ): Promise<Redeemed> {
    const claims = decodeToken(text);
    if (!claims) throw new ApiException('TOKEN_INVALID');
    if (!isSignedWith(claims, this.environment.tokenKey)) {
      throw new ApiException('TOKEN_SIGNATURE_INVALID');
    }
    if (node.role !== 'superservice' && !(await this.nodes.ownsHost(node._id, claims.host))) {
      throw new ApiException('TOKEN_HOST_MISMATCH');
    }
    return this.redeem(claims.tokenId, restCall(node._id, replayCheck));
  }

  /**
   * Takes a token's use. A token that is refused stays what it is, and a node that asks again within ten seconds, since it has
   * not heard the answer, gets the same one.
   *
   * @throws TOKEN_NOT_FOUND, TOKEN_EXPIRED, TOKEN_USED, TOKEN_REVOKED, TOKEN_NOT_YET_VALID, TOKEN_STALE, ROOM_NOT_FOUND,
   *   ROOM_NOT_OPEN, ROOM_ENDED, BANNED, ROOM_FULL, DUPLICATE_USER, NODE_UNAVAILABLE
   */
  async redeem(tokenId: string, call: RedemptionCall): Promise<Redeemed> {
    const _id = parseObjectId(tokenId);
    const token = _id && (await this.repository.findOne(_id));
    try {
      if (!token) throw new ApiException('TOKEN_NOT_FOUND');
      const redeemed = await this.admit(token, call);
      this.activity.count('redeemed');
      return redeemed;
    } catch (error) {
      await call.replayCheck.passed();
      this.activity.count('refused');
      if (token) await this.refusals.record(token, error);
      throw error;
    }
  }

  private async admit(token: Token, call: RedemptionCall): Promise<Redeemed> {
    const { replayCheck, withPermissions } = call;
    const node = call.byNode(token);
    refuseUnusable(token, node, this.clock.now());
    const [room, roles] = await Promise.all([
      this.look(token),
      withPermissions ? this.services.findRoles(token.service) : NO_ROLES,
    ]);
    await replayCheck.passed();
    const taken = token.redeemed ? token : await this.takeIn(room, token, node);
    const permissions = Object.hasOwn(roles, token.role) ? roles[token.role] : undefined;
    return { token: taken, maxParticipants: room.maxParticipants, permissions };
  }

  /** @throws ROOM_NOT_FOUND, TOKEN_STALE, ROOM_NOT_OPEN, ROOM_ENDED, BANNED */
  private async look(token: Token): Promise<RoomForRedemption> {
    const [room, banned] = await Promise.all([
      this.rooms.findForRedemption(token.room),
      this.bans.refusalOf(token),
    ]);
    if (!room) throw new ApiException('ROOM_NOT_FOUND');
    if (isStale(token, room)) throw new ApiException('TOKEN_STALE');
    checkOpen(room, this.clock.now());
    if (banned) throw banned;
    return room;
  }

  private async takeIn(room: RoomForRedemption, token: Token, node: string): Promise<Token> {
    await this.rooms.noteAdmission(room, this.clock.now());
    const hasSeat = hasSeats(room);
    const release = (): Promise<void> | undefined =>
      hasSeat ? this.seats.release(room._id, token._id) : undefined;
    if (hasSeat) await this.seats.take(room, token);
    const { token: taken, giveBack } = await this.taker.take(token, node, release);
    try {
      await this.look(token);
    } catch (error) {
      await Promise.all([giveBack(), release()]);
      throw error;
    }
    if (hasSeat) this.arrivals.expect(room._id);
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
