import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { badCursor, decodeCursor, encodeCursor } from '../../common/paging/cursor.js';
import { collect, pageOf, type Page } from '../../common/paging/page.js';
import { parseObjectId } from '../../common/object-id.js';
import { RoomDto } from '../dto/room.dto.js';
import type { RoomRecord } from '../room-views.js';
import { RoomsService } from '../rooms.service.js';
import type { SearchPlace } from '../search/name-search.js';
import type { ListRoomsQuery } from './list-rooms.query.js';
import { listingOf, type RoomListing } from './room-listing.js';

/** Pages of a tenant's rooms. */
@Injectable()
export class RoomListService {
  constructor(private readonly rooms: RoomsService) {}

  /** @throws INVALID_REQUEST for filters that do not go together, and for a cursor of another list */
  async list(service: Types.ObjectId, query: ListRoomsQuery): Promise<Page<RoomDto>> {
    const listing = listingOf(query);
    if ('piece' in listing) return this.search(service, listing.piece, query);
    const { cursor, limit } = query;
    const place = cursor === undefined ? undefined : placeIn(cursor, listing);
    const read = this.rooms.findListed(service, listing, { place, limit: limit + 1 });
    return pageOf(await collect(read, limit, ({ data }) => data), {
      cursorOf: (room) => cursorAfter(room, listing),
      toItem: (room) => RoomDto.from(room),
    });
  }

  private async search(
    service: Types.ObjectId,
    piece: string,
    { cursor, limit }: ListRoomsQuery,
  ): Promise<Page<RoomDto>> {
    const place = cursor === undefined ? undefined : searchPlaceIn(cursor);
    const { rooms, next } = await this.rooms.search(service, piece, { place, limit });
    return {
      items: rooms.map((room) => RoomDto.from(room)),
      next: next ? encodeCursor(['piece', next.range, next.part, next.id.toHexString()]) : null,
    };
  }
}

function orderOf({ field, descending }: RoomListing): string {
  return descending ? `-${field}` : field;
}

function cursorAfter(room: RoomRecord, listing: RoomListing): string {
  const { field } = listing;
  const value = field === '_id' ? null : field === 'name' ? room.name : room.createdAt.getTime();
  return encodeCursor([orderOf(listing), value, room._id.toHexString()]);
}

function placeIn(cursor: string, listing: RoomListing): { value: unknown; id: Types.ObjectId } {
  const [order, value, text] = decodeCursor(cursor);
  const id = idIn(text);
  if (order !== orderOf(listing)) throw badCursor();
  switch (listing.field) {
    case '_id':
      return { value: id, id };
    case 'name':
      if (typeof value !== 'string') throw badCursor();
      return { value, id };
    case 'createdAt':
      return { value: timeIn(value), id };
  }
}

function searchPlaceIn(cursor: string): SearchPlace {
  const [order, range, part, text] = decodeCursor(cursor);
  const isPlace = order === 'piece' && Number.isInteger(range) && typeof part === 'string';
  if (!isPlace || Number(range) < 0) throw badCursor();
  return { range: Number(range), part, id: idIn(text) };
}

function timeIn(value: unknown): Date {
  const time = new Date(typeof value === 'number' ? value : NaN);
  if (Number.isNaN(time.getTime())) throw badCursor();
  return time;
}

function idIn(text: unknown): Types.ObjectId {
  const id = typeof text === 'string' ? parseObjectId(text) : null;
  if (!id) throw badCursor();
  return id;
}
