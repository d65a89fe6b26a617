import { Decimal128, Double, Int32, Long } from 'bson';
import { badValue, notSupported } from '../errors.js';
import { toNumber } from '../bson/values.js';

type Operation = 'add' | 'multiply';

const isInteger = (value: unknown): boolean =>
  value instanceof Int32 ||
  value instanceof Long ||
  typeof value === 'bigint' ||
  (typeof value === 'number' && Number.isInteger(value));

const toBigInt = (value: unknown): bigint =>
  value instanceof Long ? value.toBigInt() : BigInt(toNumber(value) ?? 0);

/** `$inc` and `$mul` keep BSON's types: int grows into long, anything with a double is a double. */
export function arithmetic(operation: Operation, left: unknown, right: unknown): unknown {
  if (left instanceof Decimal128 || right instanceof Decimal128) {
    throw notSupported('Arithmetic on Decimal128 is not supported by this server');
  }
  if (!isInteger(left) || !isInteger(right)) {
    const a = toNumber(left) ?? 0;
    const b = toNumber(right) ?? 0;
    return new Double(operation === 'add' ? a + b : a * b);
  }
  const a = toBigInt(left);
  const b = toBigInt(right);
  const result = operation === 'add' ? a + b : a * b;
  if (BigInt.asIntN(64, result) !== result) {
    throw badValue(
      'Failed to apply $inc or $mul operations: the result overflows a 64-bit integer',
    );
  }
  const wide =
    left instanceof Long || right instanceof Long || BigInt.asIntN(32, result) !== result;
  return wide ? Long.fromBigInt(result) : new Int32(Number(result));
}

export function bitwise(operation: 'and' | 'or' | 'xor', left: unknown, right: unknown): unknown {
  const a = toBigInt(left);
  const b = toBigInt(right);
  const result = operation === 'and' ? a & b : operation === 'or' ? a | b : a ^ b;
  return left instanceof Long || right instanceof Long
    ? Long.fromBigInt(result)
    : new Int32(Number(result));
}

export function isIntegerValue(value: unknown): boolean {
  return value instanceof Int32 || value instanceof Long;
}
