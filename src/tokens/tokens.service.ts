import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import type { ReplayCheck } from '../auth/replay-check/replay-check.js';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { Environment } from '../config/environment.js';
import { hostOf } from '../erizo-controllers/node-host.js';
import { PlacementService } from '../placement/placement.service.js';
import type { RoomForToken } from '../rooms/room-views.js';
import { RoomsService } from '../rooms/rooms.service.js';
import type { Token } from './schemas/token.schema.js';
import { encodeToken } from './token-string.js';
import { TokensRepository } from './tokens.repository.js';

const DEFAULT_MEDIA_CONFIGURATION = 'default';

export interface TokenRequest {
  userName: string;
  role: string;
  /** Where the participant is, for strategies that care. */
  region?: string;
}

/** A token, and the string that is handed on. */
export interface IssuedToken {
  text: string;
  token: Token;
}

/** Issues tokens. The only place where they are signed. */
@Injectable()
export class TokensService {
  constructor(
    private readonly rooms: RoomsService,
    private readonly placement: PlacementService,
    private readonly repository: TokensRepository,
    private readonly activity: ActivityService,
    private readonly clock: Clock,
    private readonly environment: Environment,
  ) {}

  /**
   * Makes a token for a participant, on the room's node.
   *
   * @param replayCheck passes before anything is written or counted; the room is read meanwhile
   * @param id of the token, where whoever asks may ask again
   * @throws ROOM_NOT_FOUND, NO_NODE_AVAILABLE
   */
  async issue(
    service: Types.ObjectId,
    roomId: string,
    request: TokenRequest,
    replayCheck: ReplayCheck,
    id?: Types.ObjectId,
  ): Promise<IssuedToken> {
    const reading = this.rooms.findForToken(service, roomId);
    // Looked at when the check has passed; until then nobody waits for it.
    reading.catch(() => undefined);
    await replayCheck.passed();
    try {
      const token = await this.make(await reading, request, id);
      this.activity.count('issued');
      return token;
    } catch (error) {
      this.activity.count('refused');
      throw error;
    }
  }

  /**
   * A token of the service that can still be redeemed.
   *
   * @throws TOKEN_NOT_FOUND
   */
  async findOutstanding(service: Types.ObjectId, roomId: string, tokenId: string): Promise<Token> {
    const [room, _id] = [parseObjectId(roomId), parseObjectId(tokenId)];
    const now = new Date(this.clock.now());
    const token =
      room && _id && (await this.repository.findOutstanding({ _id, room, service }, now));
    if (!token) throw new ApiException('TOKEN_NOT_FOUND');
    return token;
  }

  private async make(
    room: RoomForToken,
    request: TokenRequest,
    id?: Types.ObjectId,
  ): Promise<IssuedToken> {
    const token = room.test
      ? await this.getTestToken(room, request)
      : await this.issueFor(room, request, id);
    const { _id, host, secure } = token;
    const text = encodeToken(_id.toHexString(), host, secure, this.environment.tokenKey);
    return { text, token };
  }

  private async issueFor(
    room: RoomForToken,
    request: TokenRequest,
    id?: Types.ObjectId,
  ): Promise<Token> {
    const node = await this.placement.place(room, request.region);
    const now = this.clock.now();
    const expiresAt = this.expiryFrom(now);
    const token = newToken(room, request, { host: hostOf(node), secure: node.ssl, now, expiresAt });
    token.erizoControllerId = node._id;
    if (id) token._id = id;
    if (await this.repository.insert(token)) return token;
    // Whoever asks has asked before, and did not hear the answer.
    const before = await this.repository.findOne(token._id);
    return before ?? this.issueFor(room, request);
  }

  /** The same token again and again, for as long as somebody asks for it. */
  private getTestToken(room: RoomForToken, request: TokenRequest): Promise<Token> {
    const host = this.environment.testErizoController;
    const now = this.clock.now();
    const expiresAt = this.expiryFrom(now);
    const token = newToken(room, request, { host, secure: false, now, expiresAt });
    token.use = 0;
    return this.repository.getOrInsertTestToken(token, new Date(now));
  }

  private expiryFrom(now: number): Date {
    return new Date(now + this.environment.tokenTtlSeconds * 1000);
  }
}

/** One literal: Node 20 makes a hidden class of its own for each object that is spread and then added to. */
function newToken(
  room: RoomForToken,
  { userName, role }: TokenRequest,
  { host, secure, now, expiresAt }: { host: string; secure: boolean; now: number; expiresAt: Date },
): Token {
  const token: Token = {
    _id: new Types.ObjectId(),
    userName,
    room: room._id,
    role,
    service: room.service,
    creationDate: new Date(now),
    mediaConfiguration: room.mediaConfiguration ?? DEFAULT_MEDIA_CONFIGURATION,
    host,
    secure,
    expiresAt,
  };
  if (room.p2p) token.p2p = true;
  return token;
}
