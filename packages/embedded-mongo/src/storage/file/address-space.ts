import { readFileSync } from 'node:fs';

/** The process has too little address space left (`ulimit -v`) for the database's file to be mapped. */
class AddressSpaceError extends Error {
  constructor(wanted: number, room: number) {
    super(
      `The database needs ${megabytes(wanted)} MB of address space, and this process may take ${megabytes(room)} MB more: raise its limit (ulimit -v, LimitAS=).`,
    );
    this.name = 'AddressSpaceError';
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/** lmdb doubles its map when the data has outgrown it. */
const FIRST_MAP_BYTES = 2 ** 30;
const LEAST_MAP_BYTES = 16 * 2 ** 20;
/** What Node itself, its threads and lmdb's writes still want. */
const RESERVED_BYTES = 64 * 2 ** 20;

/** How much more the process may map, in bytes; infinite where the system sets or tells no limit. */
export function addressSpaceLeft(): number {
  try {
    const limit = /^Max address space +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    if (limit === null) return Infinity;
    const pages = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[0]);
    return Number(limit[1]) - pages * 4096;
  } catch {
    return Infinity;
  }
}

/** The size of map to open a file of `fileBytes` with: lmdb ends the process when it is refused. */
export function mapBytesFor(fileBytes: number, left = addressSpaceLeft()): number {
  const room = left - RESERVED_BYTES;
  const wanted = Math.max(FIRST_MAP_BYTES, 2 * fileBytes);
  const least = Math.max(LEAST_MAP_BYTES, fileBytes + LEAST_MAP_BYTES);
  if (room < least) throw new AddressSpaceError(least, Math.max(0, room));
  // With half of what there is, there is room to grow: the old map stays until the end.
  return (
    Math.floor(Math.max(least, Math.min(wanted, room / 2)) / LEAST_MAP_BYTES) * LEAST_MAP_BYTES
  );
}

/** What one transaction may write: a map that has no more room than this must be able to double. */
const TRANSACTION_BYTES = 128 * 2 ** 20;

/** True when a map of `mapBytes`, of which `used` are taken, has room for a transaction or can be doubled. */
export function canGrow(mapBytes: number, used: number, left = addressSpaceLeft()): boolean {
  const margin = Math.min(TRANSACTION_BYTES, mapBytes / 4);
  return used + margin < mapBytes || left - RESERVED_BYTES > 2 * (used + margin);
}
