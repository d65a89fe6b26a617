import type { Room } from '../schemas/room.schema.js';
import { dataPairs } from './data-pairs.js';
import { nameParts } from './name-parts.js';

/** What a room is found by its name and its data with, as it is stored. */
export function searchFields(room: {
  name: string;
  data?: unknown;
}): Pick<Room, 'nameParts' | 'dataPairs'> {
  const pairs = dataPairs(room.data);
  return { nameParts: nameParts(room.name), ...(pairs && { dataPairs: pairs }) };
}
