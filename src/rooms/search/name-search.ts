import type { Types } from 'mongoose';
import { ByteBudget } from '../../common/paging/byte-budget.js';
import type { RoomRecord } from '../room-views.js';
import { compareTexts, holdsPiece, partsWithin, rangesOf, type PartRange } from './name-parts.js';

/** How many rooms one request looks at: some have a part in a range that is read, and do not hold the piece. */
const MAX_LOOKED_AT = 2_000;

/** After which room a search goes on: the range that was read, the part by which the room was met, and its id. */
export interface SearchPlace {
  range: number;
  part: string;
  id: Types.ObjectId;
}

/** What is read of the index at once, in its order: rooms of one part after an id, or of the parts of a range. */
export type PartsRead =
  { part: string; afterId: Types.ObjectId } | { afterPart?: string; range: PartRange };

/** Reads so many of a tenant's rooms at most. */
type ReadParts = (which: PartsRead, count: number) => AsyncIterable<RoomRecord>;

/**
 * Finds rooms by a piece of their name. Reads the ranges of parts one after the other; a room that several parts lead to
 * is found by the first.
 *
 * @param place after which to go on
 * @param limit how many are wanted at most
 * @returns those that were found, and after which to go on; without `next` there are no more
 */
export async function searchByPiece(
  read: ReadParts,
  piece: string,
  { place, limit }: { place?: SearchPlace; limit: number },
): Promise<{ rooms: RoomRecord[]; next?: SearchPlace }> {
  const ranges = rangesOf(piece);
  const rooms: RoomRecord[] = [];
  const budget = new ByteBudget();
  let last = place;
  let looked = 0;
  for (let number = place?.range ?? 0; number < ranges.length; number++) {
    const range = ranges[number] as PartRange;
    const earlier = ranges.slice(0, number);
    for await (const { room, which } of roomsOf(read, range, {
      place: () => (last?.range === number ? last : undefined),
      // One more than is wanted tells that there is more.
      count: limit + 1,
    })) {
      const isEnough = rooms.length === limit || looked === MAX_LOOKED_AT || budget.isSpent;
      if (isEnough) return { rooms, next: last };
      looked++;
      budget.spend(room.data);
      const parts = partsWithin(room.name, range);
      const part = parts.find((each) => isRead(each, which)) ?? '';
      last = { range: number, part, id: room._id };
      const isFirst =
        part === parts[0] && earlier.every((each) => partsWithin(room.name, each).length === 0);
      if (isFirst && holdsPiece(room.name, piece)) rooms.push(room);
    }
  }
  return { rooms };
}

/** The rooms of a range after a place, which moves on with each of them, by reads of so many. */
async function* roomsOf(
  read: ReadParts,
  range: PartRange,
  { place, count }: { place: () => SearchPlace | undefined; count: number },
): AsyncGenerator<{ room: RoomRecord; which: PartsRead }> {
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const which of readsOf(range, place())) {
      let found = 0;
      for await (const room of read(which, count)) {
        found++;
        yield { room, which };
      }
      isMore = found === count;
      if (isMore) break;
    }
  }
}

function readsOf(range: PartRange, place: SearchPlace | undefined): PartsRead[] {
  if (!place) return [{ range }];
  return [
    { part: place.part, afterId: place.id },
    { afterPart: place.part, range },
  ];
}

function isRead(part: string, which: PartsRead): boolean {
  if ('part' in which) return part === which.part;
  return which.afterPart === undefined || compareTexts(part, which.afterPart) > 0;
}
