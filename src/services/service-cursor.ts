import type { Types } from 'mongoose';
import { parseObjectId } from '../common/object-id.js';
import { badCursor, decodeCursor, encodeCursor } from '../common/paging/cursor.js';
import type { ServiceSummary } from './service-summary.js';

/** The place after a service in the list of all. */
export function afterService({ _id }: ServiceSummary): string {
  return encodeCursor([_id.toHexString()]);
}

/** @throws INVALID_REQUEST for what `afterService` has not made */
export function serviceAfter(cursor: string | undefined): Types.ObjectId | undefined {
  if (cursor === undefined) return undefined;
  const [id, ...others] = decodeCursor(cursor);
  const after = typeof id === 'string' && others.length === 0 ? parseObjectId(id) : null;
  if (!after) throw badCursor();
  return after;
}
