import { Types } from 'mongoose';

const HEX_24 = /^[0-9a-f]{24}$/i;

/**
 * Reads an id from a path or a header.
 *
 * @returns null for anything but 24 hex digits: `new ObjectId()` alone would take any 12 bytes.
 */
export function parseObjectId(text: string): Types.ObjectId | null {
  return HEX_24.test(text) ? new Types.ObjectId(text) : null;
}
