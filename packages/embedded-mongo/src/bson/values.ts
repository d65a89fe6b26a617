import {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  calculateObjectSize,
  deserialize,
  serialize,
} from 'bson';

import { documentTooLarge } from '../errors.js';
import { BOXED, decodeByHand } from './raw.js';

export { setOwn } from './raw.js';

export type Doc = Record<string, unknown>;

/** Position of each BSON type in MongoDB's comparison order; also the first byte of an index key. */
export enum Rank {
  MinKey = 0x0a,
  Undefined = 0x14,
  Null = 0x1e,
  Number = 0x28,
  String = 0x3c,
  Object = 0x46,
  Array = 0x50,
  Binary = 0x5a,
  ObjectId = 0x64,
  Boolean = 0x6e,
  Date = 0x78,
  Timestamp = 0x82,
  RegExp = 0x8c,
  DBPointer = 0x96,
  Code = 0xa0,
  CodeWithScope = 0xaa,
  MaxKey = 0xf0,
}

/** True for an embedded document: plain objects only, so that a key such as `_bsontype` changes nothing. */
export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}

export function rankOf(value: unknown): Rank {
  switch (typeof value) {
    case 'string':
      return Rank.String;
    case 'number':
    case 'bigint':
      return Rank.Number;
    case 'boolean':
      return Rank.Boolean;
    case 'undefined':
      return Rank.Undefined;
    default:
  }
  if (value === null) return Rank.Null;
  if (isDoc(value)) return Rank.Object;
  if (Array.isArray(value)) return Rank.Array;
  if (value instanceof ObjectId) return Rank.ObjectId;
  if (value instanceof Date) return Rank.Date;
  if (value instanceof Timestamp) return Rank.Timestamp;
  if (isBoxedNumber(value)) return Rank.Number;
  if (value instanceof Binary || value instanceof Uint8Array) return Rank.Binary;
  if (value instanceof BSONRegExp || value instanceof RegExp) return Rank.RegExp;
  if (value instanceof BSONSymbol) return Rank.String;
  if (value instanceof Code) return value.scope ? Rank.CodeWithScope : Rank.Code;
  if (value instanceof MinKey) return Rank.MinKey;
  if (value instanceof MaxKey) return Rank.MaxKey;
  if (value instanceof DBRef) return Rank.Object;
  return Rank.Object;
}

export type BoxedNumber = Int32 | Double | Long | Decimal128;

function isBoxedNumber(value: unknown): value is BoxedNumber {
  return (
    value instanceof Int32 ||
    value instanceof Double ||
    (value instanceof Long && !(value instanceof Timestamp)) ||
    value instanceof Decimal128
  );
}

export function isNumeric(value: unknown): value is number | bigint | BoxedNumber {
  return typeof value === 'number' || typeof value === 'bigint' || isBoxedNumber(value);
}

/** The value as a JavaScript number (a Long beyond 2^53 is rounded), or undefined when it is none. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long && !(value instanceof Timestamp)) return value.toNumber();
  if (value instanceof Decimal128) return Number(value.toString());
  if (typeof value === 'bigint') return Number(value);
  return undefined;
}

/** MongoDB's notion of a true flag in a command: true, or any number but 0. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const number = toNumber(value);
  if (number !== undefined) return number !== 0;
  return value !== undefined && value !== null;
}

export function hasOwn(doc: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(doc, key);
}

export function getOwn(doc: Doc, key: string): unknown {
  return hasOwn(doc, key) ? doc[key] : undefined;
}

const REFERENCE = Buffer.from('$ref\0');

/**
 * Decodes with every number boxed, so that what is written back keeps its BSON type. bson would make an object of its
 * own of `{$ref, $id}`, take the name in it apart and put its fields in another order: it does not see those.
 */
export function decode(raw: Buffer): Doc {
  return raw.includes(REFERENCE) ? decodeByHand(raw) : deserialize(raw, BOXED);
}

/** Decodes with plain JavaScript numbers; a Long that a number cannot hold stays a Long. */
export function decodePlain(raw: Uint8Array): Doc {
  return deserialize(raw, { validation: { utf8: false } });
}

/** bson writes into a buffer of 17 MiB and, past its end, cuts the document short without a word. */
const ENCODER_BYTES = 17 * 1024 * 1024 - 16;

/** Encodes a stored document or a reply; fields that are undefined are left out. */
export function encode(doc: Doc): Buffer {
  const bytes = serialized(doc);
  if (bytes.byteLength > ENCODER_BYTES) throw documentTooLarge(bytes.byteLength);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function serialized(doc: Doc): Uint8Array {
  try {
    return serialize(doc, { ignoreUndefined: true });
  } catch (error) {
    // How it ends when the end of its buffer falls into a number.
    const isFull = error instanceof RangeError && 'code' in error;
    throw isFull ? documentTooLarge(calculateObjectSize(doc, { ignoreUndefined: true })) : error;
  }
}

const TYPE_ALIASES: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  12: 'dbPointer',
  13: 'javascript',
  14: 'symbol',
  15: 'javascriptWithScope',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  [-1]: 'minKey',
  127: 'maxKey',
};

const TYPE_CODES = new Map(
  Object.entries(TYPE_ALIASES).map(([code, name]) => [name, Number(code)]),
);

export function typeCodeOfAlias(alias: string): number | undefined {
  return TYPE_CODES.get(alias);
}

export function isTypeCode(code: number): boolean {
  return TYPE_ALIASES[code] !== undefined;
}

/** MongoDB's name of the value's BSON type, for `$type` and error messages. */
export function typeName(value: unknown): string {
  return TYPE_ALIASES[typeCodeOf(value)] ?? 'missing';
}

export function typeCodeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return 2;
    case 'boolean':
      return 8;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? 16 : 1;
    case 'bigint':
      return 18;
    case 'undefined':
      return 6;
    default:
  }
  if (value === null) return 10;
  if (Array.isArray(value)) return 4;
  if (value instanceof Int32) return 16;
  if (value instanceof Double) return 1;
  if (value instanceof Timestamp) return 17;
  if (value instanceof Long) return 18;
  if (value instanceof Decimal128) return 19;
  if (value instanceof ObjectId) return 7;
  if (value instanceof Date) return 9;
  if (value instanceof Binary || value instanceof Uint8Array) return 5;
  if (value instanceof BSONRegExp || value instanceof RegExp) return 11;
  if (value instanceof BSONSymbol) return 14;
  if (value instanceof Code) return value.scope ? 15 : 13;
  if (value instanceof MinKey) return -1;
  if (value instanceof MaxKey) return 127;
  return 3;
}
