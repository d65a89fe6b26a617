import type { RoomData } from '../room-data.js';

/** How many fields of a room's data it is found by: each is an entry of an index. */
const MAX_PAIRS = 64;
/** Longest name and value that it is found by, in characters. */
export const MAX_NAME_LENGTH = 128;
export const MAX_VALUE_LENGTH = 256;

/** By what a room is found by a field of its data: the texts, numbers and booleans on its first level, in their order. */
export function dataPairs(data: unknown): string[] | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(data as RoomData)) {
    if (pairs.length === MAX_PAIRS) break;
    if (!isScalar(value) || name.length > MAX_NAME_LENGTH) continue;
    const text = String(value);
    if (text.length <= MAX_VALUE_LENGTH) pairs.push(dataPair(name, text));
  }
  return pairs.length > 0 ? pairs : undefined;
}

/** No key of data holds a NUL. */
export function dataPair(name: string, value: string): string {
  return `${name}\0${value}`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
