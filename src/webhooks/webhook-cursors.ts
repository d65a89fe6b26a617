import type { Types } from 'mongoose';
import { parseObjectId } from '../common/object-id.js';
import { badCursor, decodeCursor, encodeCursor } from '../common/paging/cursor.js';

export function afterWebhook({ _id }: { _id: Types.ObjectId }): string {
  return encodeCursor([_id.toHexString()]);
}

/** @throws INVALID_REQUEST for what `afterWebhook` has not made */
export function webhookAfter(cursor: string | undefined): Types.ObjectId | undefined {
  if (cursor === undefined) return undefined;
  const [id, ...others] = decodeCursor(cursor);
  const after = typeof id === 'string' && others.length === 0 ? parseObjectId(id) : null;
  if (!after) throw badCursor();
  return after;
}

export function afterDelivery({ sequence }: { sequence: number }): string {
  return encodeCursor([sequence]);
}

/** @throws INVALID_REQUEST for what `afterDelivery` has not made */
export function deliveryAfter(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [sequence, ...others] = decodeCursor(cursor);
  if (!Number.isSafeInteger(sequence) || others.length > 0) throw badCursor();
  return sequence as number;
}
