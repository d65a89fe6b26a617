import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ActivityService } from '../activity/activity.service.js';
import type { ReplayCheck } from '../auth/replay-check/replay-check.js';
import { BansService } from '../bans/bans.service.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { Environment } from '../config/environment.js';
import { DatabaseClock } from '../database/database-clock.js';
import { hostOf } from '../erizo-controllers/node-host.js';
import { PlacementService } from '../placement/placement.service.js';
import type { RoomForToken } from '../rooms/room-views.js';
import { checkOpen, endOf } from '../rooms/lifetime/open-hours.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { EventRecorder } from '../services/event-recorder.js';
import type { SigningService } from '../services/signing-service.js';
import { TokenEventDto } from './dto/token-event.dto.js';
import type { Token } from './schemas/token.schema.js';
import { isOutstanding, keptForEvents } from './token-life.js';
import { encodeToken } from './token-string.js';
import { TokensRepository } from './tokens.repository.js';

const DEFAULT_MEDIA_CONFIGURATION = 'default';

export interface TokenRequest {
  userName: string;
  role: string;
  /** Where the participant is, for strategies that care. */
  region?: string;
  /** The participant, by the tenant's own id. */
  userId?: string;
  /** JSON of an object. */
  metadata?: string;
  /** Left out, the settings say. */
  ttlSeconds?: number;
  notBefore?: Date;
}

/** Who asks for a token. */
export type IssuingService = Pick<SigningService, '_id' | 'eventLog' | 'hasBans'>;

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
    private readonly bans: BansService,
    private readonly placement: PlacementService,
    private readonly repository: TokensRepository,
    private readonly activity: ActivityService,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
    private readonly environment: Environment,
  ) {}

  /**
   * Makes a token for a participant, on the room's node.
   *
   * @param replayCheck passes before anything is written or counted; the room is read meanwhile
   * @param id of the token, where whoever asks may ask again
   * @throws ROOM_NOT_FOUND, ROOM_NOT_OPEN, ROOM_ENDED, BANNED, NO_NODE_AVAILABLE; INVALID_REQUEST for a token that would end before it begins
   */
  async issue(
    service: IssuingService,
    roomId: string,
    request: TokenRequest,
    replayCheck: ReplayCheck,
    id?: Types.ObjectId,
  ): Promise<IssuedToken> {
    const reading = this.rooms.findForToken(service._id, roomId);
    const asking = service.hasBans ? this.refusalOf(service, roomId, request) : null;
    // Looked at when the check has passed; until then nobody waits for them.
    reading.catch(() => undefined);
    asking?.catch(() => undefined);
    await replayCheck.passed();
    try {
      const room = await reading;
      checkOpen(room, this.clock.now());
      const banned = asking && (await asking);
      if (banned) throw banned;
      const token = await this.make(room, request, { isLogged: service.eventLog === 'all', id });
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
    const token = room && _id && (await this.repository.findOne(_id));
    const isOwn = token?.room.equals(room ?? '') && token.service.equals(service);
    if (!token || !isOwn || !isOutstanding(token, this.clock.now())) {
      throw new ApiException('TOKEN_NOT_FOUND');
    }
    return token;
  }

  private async refusalOf(
    service: IssuingService,
    roomId: string,
    { userName, userId }: TokenRequest,
  ): Promise<ApiException | null> {
    const room = parseObjectId(roomId);
    return room && this.bans.refusalOf({ service: service._id, room, userName, userId });
  }

  private async make(
    room: RoomForToken,
    request: TokenRequest,
    options: { isLogged: boolean; id?: Types.ObjectId },
  ): Promise<IssuedToken> {
    const token = room.test
      ? await this.getTestToken(room, request)
      : await this.issueFor(room, request, options);
    const { _id, host, secure } = token;
    const text = encodeToken(_id.toHexString(), host, secure, this.environment.tokenKey);
    return { text, token };
  }

  private async issueFor(
    room: RoomForToken,
    request: TokenRequest,
    { isLogged, id }: { isLogged: boolean; id?: Types.ObjectId },
  ): Promise<Token> {
    const node = await this.placement.place(room, request.region);
    const now = this.clock.now();
    const expiresAt = this.endOf(room, request, now);
    const token = newToken(room, request, { host: hostOf(node), secure: node.ssl, now, expiresAt });
    token.erizoControllerId = node._id;
    if (id) token._id = id;
    if (isLogged) await this.addEvent(token, now);
    if (await this.repository.insert(token)) {
      if (token.outbox) this.recorder.written(token.outbox);
      return token;
    }
    // Whoever asks has asked before, and did not hear the answer.
    const before = await this.repository.findOne(token._id);
    return before ?? this.issueFor(room, request, { isLogged });
  }

  private async addEvent(token: Token, now: number): Promise<void> {
    const { service, room } = token;
    const data = TokenEventDto.from(token);
    const events = await this.recorder.record('token.issued', { service, room, data });
    if (events.length > 0) Object.assign(token, keptForEvents(token, now), { outbox: events });
  }

  /** The same token again and again, for as long as somebody asks for it. */
  private getTestToken(room: RoomForToken, request: TokenRequest): Promise<Token> {
    const host = this.environment.testErizoController;
    const now = this.clock.now();
    const expiresAt = this.endOf(room, request, now);
    const token = newToken(room, request, { host, secure: false, now, expiresAt });
    token.use = 0;
    return this.repository.getOrInsertTestToken(token, new Date(now));
  }

  /** Until when a token is good: never longer than its room. */
  private endOf(
    room: RoomForToken,
    { ttlSeconds = this.environment.tokenTtlSeconds, notBefore }: TokenRequest,
    now: number,
  ): Date {
    const wanted = new Date(now + ttlSeconds * 1000);
    const end = endOf(room);
    const expiresAt = end && end < wanted ? end : wanted;
    if (notBefore && notBefore >= expiresAt) {
      throw ApiException.ofFields(['notBefore'], 'notBefore must be before the token ends');
    }
    return expiresAt;
  }
}

/** One literal: Node 20 makes a hidden class of its own for each object that is spread and then added to. */
function newToken(
  room: RoomForToken,
  { userName, role, userId, metadata, notBefore }: TokenRequest,
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
  if (userId !== undefined) token.userId = userId;
  if (metadata !== undefined) token.metadata = metadata;
  if (notBefore) token.notBefore = notBefore;
  return token;
}
