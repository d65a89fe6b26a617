import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../../common/errors/api.exception.js';
import { parseObjectId } from '../../common/object-id.js';
import { badCursor, decodeCursor, encodeCursor } from '../../common/paging/cursor.js';
import { collect, pageOf, type Page } from '../../common/paging/page.js';
import { RoomsService } from '../../rooms/rooms.service.js';
import type { ListSessionsQuery } from './dto/list-sessions.query.js';
import { SessionDto } from './dto/session.dto.js';
import type { Session } from './schemas/session.schema.js';
import { SessionsRepository, type SessionPlace } from './sessions.repository.js';

/** Pages of who is, and was, in a room. */
@Injectable()
export class SessionListService {
  constructor(
    private readonly repository: SessionsRepository,
    private readonly rooms: RoomsService,
  ) {}

  /**
   * Those who are in first, then the latest. A room that is gone has the sessions that are kept of it.
   *
   * @throws ROOM_NOT_FOUND for a room that is none, and of which nothing is kept; INVALID_REQUEST
   */
  async list(
    service: Types.ObjectId,
    roomId: string,
    { cursor, limit, open, userName, userId }: ListSessionsQuery,
  ): Promise<Page<SessionDto>> {
    if (userName !== undefined && userId !== undefined) {
      throw ApiException.ofFields(
        ['userName', 'userId'],
        'only one of userName, userId may be given',
      );
    }
    const room = parseObjectId(roomId);
    if (!room) throw new ApiException('ROOM_NOT_FOUND');
    const place = cursor === undefined ? undefined : placeIn(cursor);
    const listing = {
      service,
      room,
      ...(open !== undefined && { open }),
      ...(userName !== undefined && { userName }),
      ...(userId !== undefined && { userId }),
    };
    const read = this.repository.findListed(listing, { place, limit: limit + 1 });
    const found = await collect(read, limit, ({ metadata }) => metadata);
    if (found.items.length === 0) await this.expectRoom(service, room);
    return pageOf(found, { cursorOf, toItem: (session) => SessionDto.from(session) });
  }

  private async expectRoom(service: Types.ObjectId, room: Types.ObjectId): Promise<void> {
    if (await this.repository.hasAny(service, room)) return;
    await this.rooms.findOne(service, room.toHexString());
  }
}

function cursorOf({ open, joinedAt, _id }: Session): string {
  return encodeCursor([open, joinedAt.getTime(), _id.toHexString()]);
}

function placeIn(cursor: string): SessionPlace {
  const [open, time, text] = decodeCursor(cursor);
  const _id = typeof text === 'string' ? parseObjectId(text) : null;
  const joinedAt = new Date(typeof time === 'number' ? time : NaN);
  if (typeof open !== 'boolean' || !_id || Number.isNaN(joinedAt.getTime())) throw badCursor();
  return { open, joinedAt, _id };
}
