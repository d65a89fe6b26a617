import { createHash } from 'node:crypto';
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
import { type RawElement, decodeElement } from '../bson/raw.js';
import { type Doc, Rank, isDoc, rankOf, toNumber } from '../bson/values.js';

/**
 * Writes values as bytes whose order under memcmp is MongoDB's order of the values, so that an
 * LMDB range is a range of values. Each value starts with its type's rank; a descending field is
 * the complement of its bytes.
 */

/** lmdb takes keys of 1,978 bytes: collection or index (4) + fields + id must fit. */
export const MAX_FIELDS_BYTES = 1000;
export const MAX_ID_BYTES = 900;
const DIGEST_BYTES = 32;

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
  const double = value instanceof Decimal128 ? Number(value.toString()) : (toNumber(value) ?? 0);
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

function previousDouble(value: number): number {
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
