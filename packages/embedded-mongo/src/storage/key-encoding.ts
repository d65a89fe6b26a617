import {
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Long,
  type ObjectId,
  type Timestamp,
} from 'bson';
import { binaryParts, regExpParts } from '../bson/compare.js';
import { distanceAbove, isInfinityOrNaN } from './decimal-keys.js';
import { integral } from '../bson/integers.js';
import { type Doc, Rank, isDoc, rankOf, toNumber } from '../bson/values.js';

/**
 * Writes values as bytes whose order under memcmp is MongoDB's order of the values, so that an
 * LMDB range is a range of values. Each value starts with its type's rank; a descending field is
 * the complement of its bytes.
 */

let scratch = Buffer.allocUnsafeSlow(64 * 1024);
let length = 0;

function reserve(bytes: number): void {
  if (length + bytes <= scratch.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, length + bytes));
  scratch.copy(grown, 0, 0, length);
  scratch = grown;
}

function putByte(byte: number): void {
  reserve(1);
  scratch[length++] = byte;
}

function putBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  scratch.set(bytes, length);
  length += bytes.length;
}

/** Text ends with 0x00; a NUL inside becomes 00 FF, which sorts after any byte that can follow an end. */
function putText(text: string): void {
  reserve(text.length * 3 + 1);
  const start = length;
  length += scratch.write(text, length);
  if (scratch.subarray(start, length).includes(0)) escapeNuls(start);
  putByte(0);
}

function escapeNuls(start: number): void {
  const plain = Buffer.from(scratch.subarray(start, length));
  length = start;
  for (const byte of plain) {
    putByte(byte);
    if (byte === 0) putByte(0xff);
  }
}

const number = new DataView(new ArrayBuffer(8));

function putSortableDouble(value: number): void {
  number.setFloat64(0, value === 0 ? 0 : value);
  const high = number.getUint32(0);
  const low = number.getUint32(4);
  const negative = high >>> 31 === 1;
  reserve(8);
  scratch.writeUInt32BE((negative ? ~high : high | 0x80000000) >>> 0, length);
  scratch.writeUInt32BE((negative ? ~low : low) >>> 0, length + 4);
  length += 8;
}

/** NaN sorts before all numbers, so it takes the place below -Infinity. */
function putNumber(value: unknown): void {
  putByte(Rank.Number);
  if (value instanceof Long) {
    putLong(value);
    return;
  }
  const double = toNumber(value) ?? 0;
  if (value instanceof Decimal128 && !isInfinityOrNaN(value)) {
    putDecimal(value);
    return;
  }
  if (Number.isNaN(double)) {
    reserve(9);
    scratch.fill(0, length, length + 9);
    length += 9;
    return;
  }
  putSortableDouble(double);
  putByte(0);
}

/** A Long that no double holds is the double below it and the distance to it. */
function putLong(value: Long): void {
  const exact = value.toBigInt();
  let below = Number(exact);
  if (BigInt(below) > exact) below = previousDouble(below);
  const rest = Number(exact - BigInt(below));
  putSortableDouble(below);
  if (rest === 0) {
    putByte(0);
  } else {
    reserve(3);
    scratch[length] = 1;
    scratch.writeUInt16BE(rest, length + 1);
    length += 3;
  }
}

/** Sorts after the end of a key that stops here, and before what closes a range. */
const FRACTION = 0xf8;

/**
 * A decimal that is no Long is the double below it and, unless it equals that, the distance to it: its whole part as of
 * a Long, then where its digits begin, and they.
 */
function putDecimal(value: Decimal128): void {
  const whole = integral(value);
  if (whole !== undefined) {
    putLong(Long.fromBigInt(whole));
    return;
  }
  let below = toNumber(value) ?? 0;
  let distance = distanceAbove(value, below);
  while (distance === undefined) {
    below = previousDouble(below);
    distance = distanceAbove(value, below);
  }
  putSortableDouble(below);
  if (distance.digits === '') {
    putByte(0);
    return;
  }
  reserve(6);
  scratch[length] = 1;
  scratch.writeUInt16BE(distance.whole, length + 1);
  scratch[length + 3] = FRACTION;
  scratch.writeUInt16BE(distance.magnitude + 0x8000, length + 4);
  length += 6;
  putText(distance.digits);
}

function previousDouble(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  if (value === Infinity) return Number.MAX_VALUE;
  number.setFloat64(0, value);
  const bits = number.getBigInt64(0);
  number.setBigInt64(0, value > 0 ? bits - 1n : bits + 1n);
  return number.getFloat64(0);
}

function putInt64(value: bigint, signed: boolean): void {
  reserve(8);
  scratch.writeBigUInt64BE(BigInt.asUintN(64, signed ? value ^ (1n << 63n) : value), length);
  length += 8;
}

function putDate(value: Date): void {
  const time = value.getTime();
  putInt64(Number.isNaN(time) ? -(1n << 63n) : BigInt(time), true);
}

function putDoc(doc: Doc): void {
  for (const key of Object.keys(doc)) {
    const value = doc[key];
    putByte(rankOf(value));
    putText(key);
    putValue(value);
  }
  putByte(0);
}

function putValue(value: unknown): void {
  const rank = rankOf(value);
  switch (rank) {
    case Rank.Number:
      putNumber(value);
      return;
    case Rank.String:
      putByte(rank);
      putText(value instanceof BSONSymbol ? value.value : (value as string));
      return;
    default:
      putByte(rank);
      putOther(rank, value);
  }
}

function putOther(rank: Rank, value: unknown): void {
  switch (rank) {
    case Rank.Object:
      putDoc(asDoc(value));
      return;
    case Rank.Array:
      for (const item of value as unknown[]) putValue(item);
      putByte(0);
      return;
    case Rank.Binary: {
      const { subtype, bytes } = binaryParts(value);
      reserve(5);
      scratch.writeUInt32BE(bytes.length, length);
      scratch[length + 4] = subtype;
      length += 5;
      putBytes(bytes);
      return;
    }
    case Rank.ObjectId:
      putBytes((value as ObjectId).id);
      return;
    case Rank.Boolean:
      putByte(value === true ? 1 : 0);
      return;
    case Rank.Date:
      putDate(value as Date);
      return;
    case Rank.Timestamp:
      putInt64((value as Timestamp).toBigInt(), false);
      return;
    case Rank.RegExp: {
      const { pattern, options } = regExpParts(value as BSONRegExp | RegExp);
      putText(pattern);
      putText(options);
      return;
    }
    case Rank.Code:
    case Rank.CodeWithScope:
      putText((value as Code).code);
      return;
    case Rank.MinKey:
    case Rank.MaxKey:
    case Rank.Null:
    case Rank.Undefined:
    case Rank.DBPointer:
    case Rank.Number:
    case Rank.String:
  }
}

function asDoc(value: unknown): Doc {
  if (isDoc(value)) return value;
  return value instanceof DBRef ? (value.toJSON() as unknown as Doc) : { ...(value as object) };
}

function complement(start: number): void {
  for (let i = start; i < length; i++) scratch[i] = ~(scratch[i] as number) & 0xff;
}

function taken(): Buffer {
  return Buffer.from(scratch.subarray(0, length));
}

export function encodeValue(value: unknown, descending = false): Buffer {
  length = 0;
  putValue(value);
  if (descending) complement(0);
  return taken();
}

/** The fields of one index entry; `descending[i]` tells a field's direction. */
export function encodeFields(values: readonly unknown[], descending: readonly boolean[]): Buffer {
  length = 0;
  for (let i = 0; i < values.length; i++) {
    const start = length;
    putValue(values[i]);
    if (descending[i] === true) complement(start);
  }
  return taken();
}
