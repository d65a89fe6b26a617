import {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  DBRef,
  Decimal128,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { type Decimal, compareFinite, exactly, fromBigInt, readDecimal } from './decimal.js';
import { type Doc, Rank, isDoc, rankOf, toNumber } from './values.js';

/** Told of each value before it is looked at; by throwing it ends what takes too long. */
export interface Steps {
  read(value: unknown): void;
}

/** MongoDB's order over all values: by type first, then by value. 0 is equality as `$eq` means it. */
export function compareValues(left: unknown, right: unknown, steps?: Steps): number {
  const rank = rankOf(left);
  const order = rank - rankOf(right);
  if (order !== 0) return order;
  switch (rank) {
    case Rank.Number:
      return compareNumbers(left, right);
    case Rank.String:
      return compareStrings(textOf(left), textOf(right));
    case Rank.Object:
      return compareDocs(asDoc(left), asDoc(right), steps);
    case Rank.Array:
      return compareArrays(left as unknown[], right as unknown[], steps);
    case Rank.Binary:
      return compareBinary(left, right);
    case Rank.ObjectId:
      return Buffer.compare((left as ObjectId).id, (right as ObjectId).id);
    case Rank.Boolean:
      return Number(left) - Number(right);
    case Rank.Date:
      return Math.sign((left as Date).getTime() - (right as Date).getTime());
    case Rank.Timestamp:
      return (left as Timestamp).compare(right as Timestamp);
    case Rank.RegExp:
      return compareRegExps(left, right);
    case Rank.Code:
    case Rank.CodeWithScope:
      return compareStrings((left as Code).code, (right as Code).code);
    case Rank.MinKey:
    case Rank.MaxKey:
    case Rank.Null:
    case Rank.Undefined:
    case Rank.DBPointer:
      return 0;
  }
}

export function equalValues(left: unknown, right: unknown, steps?: Steps): boolean {
  return compareValues(left, right, steps) === 0;
}

function compareNumbers(left: unknown, right: unknown): number {
  if (left instanceof Long && right instanceof Long) return left.compare(right);
  const a = toNumber(left) ?? 0;
  const b = toNumber(right) ?? 0;
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) {
    return left instanceof Decimal128 || right instanceof Decimal128
      ? compareDecimals(left, right, a)
      : compareBeyondDouble(left, right, a);
  }
  // NaN sorts before every number and equals itself.
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

/** Above 2^53 a Long and a double that round to one number can still differ. */
function compareBeyondDouble(left: unknown, right: unknown, rounded: number): number {
  if (Math.abs(rounded) < 2 ** 53 || !Number.isFinite(rounded)) return 0;
  const a = left instanceof Long ? left.toBigInt() : BigInt(rounded);
  const b = right instanceof Long ? right.toBigInt() : BigInt(rounded);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Decimals that round to one double can differ from each other, and from that double. */
function compareDecimals(left: unknown, right: unknown, rounded: number): number {
  const a = exactNumber(left);
  const b = exactNumber(right);
  if (a.kind === 'finite' && b.kind === 'finite') return compareFinite(a, b);
  // One that is no double's infinity has only been rounded to it.
  if (a.kind === b.kind) return 0;
  return (a.kind === 'infinite') === rounded > 0 ? 1 : -1;
}

function exactNumber(value: unknown): Decimal {
  if (value instanceof Decimal128) return readDecimal(value);
  if (value instanceof Long) return fromBigInt(value.toBigInt());
  return exactly(toNumber(value) ?? 0);
}

/** UTF-8 byte order; UTF-16 order differs from it only where surrogates are involved. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  if (!hasSurrogate(left) && !hasSurrogate(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function hasSurrogate(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

function textOf(value: unknown): string {
  return value instanceof BSONSymbol ? value.value : (value as string);
}

function asDoc(value: unknown): Doc {
  if (isDoc(value)) return value;
  return value instanceof DBRef ? (value.toJSON() as unknown as Doc) : { ...(value as object) };
}

function compareDocs(left: Doc, right: Doc, steps?: Steps): number {
  const a = Object.keys(left);
  const b = Object.keys(right);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a[i] as string;
    const y = b[i] as string;
    steps?.read(left[x]);
    const order =
      rankOf(left[x]) - rankOf(right[y]) ||
      compareStrings(x, y) ||
      compareValues(left[x], right[y], steps);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareArrays(left: unknown[], right: unknown[], steps?: Steps): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    steps?.read(left[i]);
    const order = compareValues(left[i], right[i], steps);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export function binaryParts(value: unknown): { subtype: number; bytes: Uint8Array } {
  if (value instanceof Binary) {
    return { subtype: value.sub_type, bytes: value.buffer.subarray(0, value.position) };
  }
  return { subtype: 0, bytes: value as Uint8Array };
}

function compareBinary(left: unknown, right: unknown): number {
  const a = binaryParts(left);
  const b = binaryParts(right);
  return (
    a.bytes.length - b.bytes.length || a.subtype - b.subtype || Buffer.compare(a.bytes, b.bytes)
  );
}

export function regExpParts(value: unknown): { pattern: string; options: string } {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  const regExp = value as RegExp;
  return { pattern: regExp.source, options: regExp.flags };
}

function compareRegExps(left: unknown, right: unknown): number {
  const a = regExpParts(left);
  const b = regExpParts(right);
  return compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);
}
