import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseObjectId } from '../../common/object-id.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { TokenEventDto } from '../dto/token-event.dto.js';
import type { Token } from '../schemas/token.schema.js';
import { isOutstanding, keptForEvents } from '../token-life.js';
import { TokensRepository, type Revocation } from '../tokens.repository.js';

/** How many tokens are read, and written, at a time. */
const BATCH = 500;

/** Which tokens of a room are taken back. */
export type RevokedTokens = (token: Token) => boolean;

/** Takes tokens back. Of a redemption and a revocation at once, one is made. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly repository: TokensRepository,
    private readonly rooms: RoomsService,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws TOKEN_NOT_FOUND for one that cannot be redeemed any more, too */
  async revoke(service: Types.ObjectId, roomId: string, tokenId: string): Promise<void> {
    const [room, _id] = [parseObjectId(roomId), parseObjectId(tokenId)];
    const token = room && _id && (await this.repository.findOne(_id));
    const isOwn = token?.room.equals(room ?? '') && token.service.equals(service);
    if (!token || !isOwn || (await this.revokeAll([token])) === 0) {
      throw new ApiException('TOKEN_NOT_FOUND');
    }
  }

  /**
   * Takes back which tokens of a room were issued until now, and can still be redeemed.
   *
   * @returns how many those were
   * @throws ROOM_NOT_FOUND
   */
  async revokeOfRoom(
    service: Types.ObjectId,
    roomId: string,
    isMeant: RevokedTokens,
  ): Promise<number> {
    const { _id: room } = await this.rooms.findOne(service, roomId);
    const found = this.repository.findOfRoom({ room, service }, { batchSize: BATCH });
    let [revoked, batch]: [number, Token[]] = [0, []];
    for await (const token of found) {
      if (!isMeant(token)) continue;
      batch.push(token);
      if (batch.length < BATCH) continue;
      revoked += await this.revokeAll(batch);
      batch = [];
    }
    return revoked + (await this.revokeAll(batch));
  }

  /** Takes back what is left of these: their holder comes with another one. */
  async revokeReplaced(ids: readonly Types.ObjectId[]): Promise<void> {
    const tokens = await Promise.all(ids.map((id) => this.repository.findOne(id)));
    await this.revokeAll(tokens.filter((token) => token !== null));
  }

  private async revokeAll(tokens: readonly Token[]): Promise<number> {
    const now = this.clock.now();
    const outstanding = tokens.filter((token) => isOutstanding(token, now));
    const revocations = await Promise.all(outstanding.map((token) => this.prepare(token, now)));
    const revoked = await this.repository.revoke(revocations);
    for (const { events } of revocations) this.recorder.written(events);
    return revoked;
  }

  private async prepare(token: Token, now: number): Promise<Revocation> {
    const { _id, service, room } = token;
    const data = TokenEventDto.from(token);
    const events = await this.recorder.record('token.revoked', { service, room, data });
    const times = events.length > 0 ? keptForEvents(token, now) : {};
    return { _id, revoked: { at: new Date(now) }, times, events };
  }
}
