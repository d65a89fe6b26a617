import { Types } from 'mongoose';
import { badCursor, decodeCursor, encodeCursor } from '../common/paging/cursor.js';
import { pageOf, upTo, type Page } from '../common/paging/page.js';
import type { PageQuery } from '../common/paging/page.query.js';
import { parseObjectId } from '../common/object-id.js';
import { BanDto } from './dto/ban.dto.js';
import type { Ban } from './schemas/ban.schema.js';

/** A page of bans, of which `read` gives so many after an id. */
export async function bansPage(
  { cursor, limit }: PageQuery,
  read: (page: { after?: Types.ObjectId; limit: number }) => Promise<Ban[]>,
): Promise<Page<BanDto>> {
  const after = cursor === undefined ? undefined : idIn(cursor);
  return pageOf(upTo(limit, await read({ after, limit: limit + 1 })), {
    cursorOf: ({ _id }) => encodeCursor([_id.toHexString()]),
    toItem: (ban) => BanDto.from(ban),
  });
}

function idIn(cursor: string): Types.ObjectId {
  const [id] = decodeCursor(cursor);
  const parsed = typeof id === 'string' ? parseObjectId(id) : null;
  if (!parsed) throw badCursor();
  return parsed;
}
