import { createHash } from 'node:crypto';
import { type RawElement, decodeElement } from '../bson/raw.js';
import { Rank } from '../bson/values.js';
import { encodeValue } from './key-encoding.js';

/** lmdb takes keys of 1,978 bytes: collection or index (4) + fields + id must fit. */
export const MAX_FIELDS_BYTES = 1000;
export const MAX_ID_BYTES = 900;
const DIGEST_BYTES = 32;

/**
 * What does not fit a key keeps its start, for order, and ends with a digest, for identity: two
 * long values are then equal as keys only when they are equal.
 */
export function shorten(key: Buffer, max: number): Buffer {
  if (key.length <= max) return key;
  const digest = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, max - DIGEST_BYTES), digest]);
}

export function encodeId(value: unknown): Buffer {
  return shorten(encodeValue(value), MAX_ID_BYTES);
}

/** As encodeId, straight from the document's bytes for the types that ids usually have. */
export function encodeIdElement(raw: Buffer, element: RawElement): Buffer {
  if (element.type === 0x07) {
    const key = Buffer.allocUnsafe(13);
    key[0] = Rank.ObjectId;
    raw.copy(key, 1, element.valueStart, element.end);
    return key;
  }
  if (element.type === 0x02) {
    const text = raw.subarray(element.valueStart + 4, element.end);
    if (text.length <= MAX_ID_BYTES - 1 && text.indexOf(0) === text.length - 1) {
      const key = Buffer.allocUnsafe(text.length + 1);
      key[0] = Rank.String;
      text.copy(key, 1);
      return key;
    }
  }
  return encodeId(decodeElement(raw, element));
}

/** The first key after all keys that start with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] as number;
    if (byte < 0xff) {
      const next = Buffer.from(prefix.subarray(0, i + 1));
      next[i] = byte + 1;
      return next;
    }
  }
  return undefined;
}
