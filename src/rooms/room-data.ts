import type { RoomData } from './schemas/room.schema.js';

/** What a room's `data` may take as JSON, in bytes. */
export const MAX_DATA_BYTES = 64 * 1024;

const MAX_DEPTH = 32;

export function dataFits(data: RoomData): boolean {
  return Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA_BYTES;
}

/** Whether `data` is still within the limit after these keys are merged into it. */
export function mergedSizeFits(data: RoomData | undefined, patch: RoomData): boolean {
  return dataFits({ ...data, ...patch });
}

/** BSON, like other readers of stored data, gives up on documents nested too deep. */
export function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < MAX_DEPTH && Object.values(value).every((child) => isShallow(child, depth + 1));
}
