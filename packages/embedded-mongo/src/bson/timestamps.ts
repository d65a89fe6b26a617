import { Timestamp } from 'bson';
import { eachElement } from './raw.js';

let lastSecond = 0;
let inSecond = 0;

/** The time now, and its place among those of the same second: no two are the same. */
export function nextTimestamp(): Timestamp {
  const second = Math.max(lastSecond, Math.floor(Date.now() / 1000));
  inSecond = second === lastSecond ? inSecond + 1 : 1;
  lastSecond = second;
  return Timestamp.fromBits(inSecond, second);
}

const TIMESTAMP = 0x11;
const ID = Buffer.from('_id\0');

/** `Timestamp(0, 0)` at the top of a new document stands for the time of the write, but not as its `_id`. */
export function fillEmptyTimestamps(raw: Buffer): Buffer {
  // Nearly always there is no such byte at all, which is found out much faster.
  if (!raw.includes(TIMESTAMP)) return raw;
  let filled: Buffer | undefined;
  eachElement(raw, 0, ({ type, nameStart, valueStart }) => {
    if (type !== TIMESTAMP || raw.readBigUInt64LE(valueStart) !== 0n) return;
    if (raw.compare(ID, 0, ID.length, nameStart, nameStart + ID.length) === 0) return;
    filled ??= Buffer.from(raw);
    filled.writeBigUInt64LE(nextTimestamp().toBigInt(), valueStart);
  });
  return filled ?? raw;
}
