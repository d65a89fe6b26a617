import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { parseObjectId } from '../../common/object-id.js';
import { badCursor, decodeCursor, encodeCursor } from '../../common/paging/cursor.js';
import type { Page } from '../../common/paging/page.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import { OutstandingTokenDto } from '../dto/outstanding-token.dto.js';
import type { Token } from '../schemas/token.schema.js';
import { isOutstanding } from '../token-life.js';
import { TokensRepository } from '../tokens.repository.js';
import type { ListTokensQuery } from './list-tokens.query.js';

/** How many tokens a page looks at: used ones are kept for a while, and are on none. */
const MAX_READ = 2_000;

/** The tokens of a room that can still be redeemed, by pages. */
@Injectable()
export class TokenListService {
  constructor(
    private readonly repository: TokensRepository,
    private readonly rooms: RoomsService,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws ROOM_NOT_FOUND */
  async list(
    service: Types.ObjectId,
    roomId: string,
    { cursor, limit, userName, userId }: ListTokensQuery,
  ): Promise<Page<OutstandingTokenDto>> {
    const after = cursor === undefined ? undefined : idIn(cursor);
    const { _id: room } = await this.rooms.findOne(service, roomId);
    const isWanted = (token: Token): boolean =>
      (userName === undefined || token.userName === userName) &&
      (userId === undefined || token.userId === userId);
    const now = this.clock.now();
    const items: OutstandingTokenDto[] = [];
    let read = 0;
    let last: Token | undefined;
    for await (const token of this.repository.findOfRoom(
      { room, service },
      { after, batchSize: limit + 1 },
    )) {
      if (last && (items.length === limit || read === MAX_READ)) {
        return { items, next: encodeCursor([last._id.toHexString()]) };
      }
      last = token;
      read++;
      if (isWanted(token) && isOutstanding(token, now)) items.push(OutstandingTokenDto.from(token));
    }
    return { items, next: null };
  }
}

function idIn(cursor: string): Types.ObjectId {
  const [id] = decodeCursor(cursor);
  const parsed = typeof id === 'string' ? parseObjectId(id) : null;
  if (!parsed) throw badCursor();
  return parsed;
}
