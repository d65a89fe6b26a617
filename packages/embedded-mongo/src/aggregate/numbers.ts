import { Decimal128, Double, Int32, Long, Timestamp } from 'bson';
import { type Decimal, fromBigInt, fromDouble, readDecimal } from '../bson/decimal.js';
import { toNumber } from '../bson/values.js';

/** BSON's four kinds of number, from narrow to wide. */
export enum Kind {
  Int,
  Long,
  Double,
  Decimal,
}

export type Num = Int32 | Long | Double | Decimal128;

export function isNum(value: unknown): value is Num {
  return kindOf(value) !== undefined;
}

export function kindOf(value: unknown): Kind | undefined {
  if (value instanceof Int32) return Kind.Int;
  if (value instanceof Double) return Kind.Double;
  if (value instanceof Long) return value instanceof Timestamp ? undefined : Kind.Long;
  return value instanceof Decimal128 ? Kind.Decimal : undefined;
}

export const toDouble = (value: Num): number => toNumber(value) as number;

/** Of an int or a long. */
export const toExact = (value: Num): bigint =>
  value instanceof Long ? value.toBigInt() : BigInt((value as Int32).value);

export function toDecimal(value: Num): Decimal {
  if (value instanceof Decimal128) return readDecimal(value);
  return value instanceof Double ? fromDouble(value.value) : fromBigInt(toExact(value));
}

export const fitsInt = (value: bigint): boolean => BigInt.asIntN(32, value) === value;
export const fitsLong = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

/** Of integers: an int that grows into a long, and into a double when it passes that as well. */
export function integer(value: bigint, kind: Kind): Num {
  if (!fitsLong(value)) return new Double(Number(value));
  return kind === Kind.Int && fitsInt(value) ? new Int32(Number(value)) : Long.fromBigInt(value);
}

/** A whole number within 32 or 64 bits, of whatever kind; undefined for anything else. */
export function wholeNumber(value: unknown, bits: 32 | 64 = 32): number | undefined {
  if (!isNum(value)) return undefined;
  const number = toDouble(value);
  const limit = 2 ** (bits - 1);
  return Number.isInteger(number) && number >= -limit && number < limit ? number : undefined;
}
