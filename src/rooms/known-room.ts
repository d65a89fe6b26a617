import type { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';

/** The id in a path. @throws ROOM_NOT_FOUND: a string that is no id names no room */
export function roomId(id: string): Types.ObjectId {
  return orThrow(parseObjectId(id));
}

/** @throws ROOM_NOT_FOUND when there is none */
export function orThrow<T>(room: T | null): T {
  if (room === null) throw new ApiException('ROOM_NOT_FOUND');
  return room;
}
