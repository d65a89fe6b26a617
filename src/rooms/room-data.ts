/** Whatever the tenant's backend keeps with a room; its keys may hold `.` and `$`. */
export type RoomData = Record<string, unknown>;

/** What a room's `data` may take as JSON, in bytes. */
export const MAX_DATA_BYTES = 64 * 1024;

const MAX_DEPTH = 32;

export function dataFits(data: RoomData): boolean {
  return Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA_BYTES;
}

/**
 * Whether MongoDB gives the value back as it was. BSON is not nested too deep, has no NUL in a key, and the
 * driver takes objects with certain keys for values of its own types.
 */
export function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  const keys = Object.keys(value);
  if (keys.includes('_bsontype') || (keys.includes('$ref') && keys.includes('$id'))) return false;
  return (
    !keys.some((key) => key.includes('\0')) &&
    Object.values(value).every((child) => isStorable(child, depth + 1))
  );
}
