import { BSONError, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { CommandError, notSupported } from '../../errors.js';
import * as decimal from '../../bson/decimal.js';
import { isTypeCode, toNumber, typeCodeOfAlias, typeName } from '../../bson/values.js';
import { dateOf } from './numbers/arithmetic.js';
import {
  isNum,
  kindOf,
  Kind,
  fitsInt,
  fitsLong,
  toDecimal,
  toDouble,
  toExact,
  type Num,
} from '../numbers.js';
import type { Operator, OperatorTable } from '../scope.js';
import { isNullish, namedOperands, ofOne, optionalPart, over } from './arguments.js';
import { parseIsoDate } from './dates/iso-date.js';
import { isTrue } from './logic.js';
import { dateText, numberText } from './strings/text.js';

const CONVERSION_FAILURE = 241;

function conversionFailure(message: string): CommandError {
  return new CommandError(CONVERSION_FAILURE, `${message} in $convert with no onError value`);
}

function unsupported(value: unknown, target: string): CommandError {
  return conversionFailure(`Unsupported conversion from ${typeName(value)} to ${target}`);
}

/** A number's whole part, which must fit. */
function wholePart(value: Num, fits: (whole: bigint) => boolean): bigint {
  const number = toDouble(value);
  if (Number.isNaN(number)) {
    throw conversionFailure('Attempt to convert NaN value to integer type');
  }
  const kind = kindOf(value);
  const whole =
    kind === Kind.Decimal
      ? decimal.toBigInt(toDecimal(value))
      : kind === Kind.Double
        ? Number.isFinite(number)
          ? BigInt(Math.trunc(number))
          : undefined
        : toExact(value);
  if (whole === undefined) {
    throw conversionFailure('Attempt to convert infinity value to integer type');
  }
  if (!fits(whole)) {
    throw conversionFailure(`Conversion would overflow target type: ${numberText(value)}`);
  }
  return whole;
}

/** And a sign. */
const MOST_DIGITS = 20;

function parseWhole(text: string, fits: (whole: bigint) => boolean): bigint {
  const short = /^[+-]?\d+$/.test(text) ? text.replace(/^([+-]?)0+(?=\d)/, '$1') : '';
  // More digits fit no type, and V8 takes the square of their number to read them.
  const isNumber = short !== '' && short.length <= MOST_DIGITS;
  const digits = isNumber ? BigInt(short.replace('+', '')) : undefined;
  if (digits === undefined || !fits(digits)) throw notNumber(text);
  return digits;
}

const notNumber = (text: string): CommandError =>
  conversionFailure(`Failed to parse number '${text}'`);

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL = /^[+-]?(inf|infinity|nan)$/i;

function parseDouble(text: string): Double {
  if (NUMBER.test(text)) {
    const number = Number(text);
    if (Number.isFinite(number)) return new Double(number);
  } else if (SPECIAL.test(text)) {
    if (/nan/i.test(text)) return new Double(NaN);
    return new Double(text.startsWith('-') ? -Infinity : Infinity);
  }
  throw notNumber(text);
}

function parseDecimal(text: string): Decimal128 {
  if (!NUMBER.test(text) && !SPECIAL.test(text)) throw notNumber(text);
  try {
    return Decimal128.fromStringWithRounding(text);
  } catch (error) {
    if (error instanceof BSONError) throw notNumber(text);
    throw error;
  }
}

function toInteger(value: unknown, target: 'int' | 'long'): Int32 | Long {
  const fits = target === 'int' ? fitsInt : fitsLong;
  const make = (whole: bigint): Int32 | Long =>
    target === 'int' ? new Int32(Number(whole)) : Long.fromBigInt(whole);
  if (isNum(value)) return make(wholePart(value, fits));
  if (typeof value === 'boolean') return make(value ? 1n : 0n);
  if (typeof value === 'string') return make(parseWhole(value, fits));
  if (value instanceof Date && target === 'long') return make(BigInt(value.getTime()));
  throw unsupported(value, target);
}

function toDoubleValue(value: unknown): Double {
  if (isNum(value)) {
    const number = toDouble(value);
    const lost = !Number.isFinite(number) && value instanceof Decimal128;
    if (lost && decimal.readDecimal(value).kind === 'finite') {
      throw conversionFailure(`Conversion would overflow target type: ${numberText(value)}`);
    }
    return new Double(number);
  }
  if (typeof value === 'boolean') return new Double(Number(value));
  if (typeof value === 'string') return parseDouble(value);
  if (value instanceof Date) return new Double(value.getTime());
  throw unsupported(value, 'double');
}

function toDecimalValue(value: unknown): Decimal128 {
  if (value instanceof Decimal128) return value;
  if (isNum(value)) return decimal.writeDecimal(toDecimal(value));
  if (typeof value === 'boolean') return decimal.writeDecimal(decimal.fromBigInt(value ? 1n : 0n));
  if (typeof value === 'string') return parseDecimal(value);
  if (value instanceof Date) {
    return decimal.writeDecimal(decimal.fromBigInt(BigInt(value.getTime())));
  }
  throw unsupported(value, 'decimal');
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isNum(value)) return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (typeName(value) === 'binData') {
    throw notSupported('Conversion of binary data is not supported by this server');
  }
  throw unsupported(value, 'string');
}

function toDateValue(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.getHighBitsUnsigned() * 1000);
  if (typeof value === 'string') return parseIsoDate(value, 0);
  if (isNum(value) && !(value instanceof Int32)) {
    return dateOf(Number(wholePart(value, fitsLong)));
  }
  throw unsupported(value, 'date');
}

function toObjectId(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unsupported(value, 'objectId');
  if (!/^[0-9a-f]{24}$/i.test(value)) {
    throw conversionFailure(`Failed to parse objectId '${value}'`);
  }
  return ObjectId.createFromHexString(value);
}

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  bool: (value) => isTrue(value),
  date: toDateValue,
  decimal: toDecimalValue,
  double: toDoubleValue,
  int: (value) => toInteger(value, 'int'),
  long: (value) => toInteger(value, 'long'),
  objectId: toObjectId,
  string: toText,
};

function targetOf(to: unknown): string {
  const code = typeof to === 'string' ? typeCodeOfAlias(to) : toNumber(to);
  if (code === undefined || !isTypeCode(code)) {
    const known = typeof to === 'string' || isNum(to);
    throw known
      ? new CommandError(2, `Unknown type name or code: ${String(to)}`)
      : new CommandError(9, "$convert's 'to' argument must be a string or number");
  }
  const name = NAMES.get(code);
  if (name === 'binData') {
    throw notSupported('Conversion to binary data is not supported by this server');
  }
  return name ?? String(code);
}

const NAMES = new Map(
  [...Object.keys(CONVERSIONS), 'binData'].map((name) => [typeCodeOfAlias(name), name]),
);

const convert: Operator = (argument, scope) => {
  const codes = { notObject: 9, unknown: 9 };
  const optional = ['onError', 'onNull'];
  for (const key of ['format', 'base', 'byteOrder']) {
    if (argument !== null && typeof argument === 'object' && key in argument) {
      throw notSupported(`$convert with '${key}' is not supported by this server`);
    }
  }
  const parts = namedOperands('$convert', argument, { input: 9, to: 9 }, optional, codes);
  const input = scope.parse(parts['input']);
  const to = scope.parse(parts['to']);
  const onError = optionalPart(scope, parts, 'onError');
  const onNull = optionalPart(scope, parts, 'onNull');
  const { meter } = scope;
  return (root) => {
    const target = to(root);
    const value = input(root);
    meter.read(value);
    if (isNullish(value)) return onNull === undefined ? null : onNull(root);
    if (isNullish(target)) return null;
    const name = targetOf(target);
    try {
      const conversion = CONVERSIONS[name];
      if (conversion === undefined) throw unsupported(value, name);
      return conversion(value);
    } catch (error) {
      const failed = error instanceof CommandError && error.code === CONVERSION_FAILURE;
      if (failed && onError !== undefined) return onError(root);
      throw error;
    }
  };
};

const shorthand = (name: string, target: string): [string, Operator] =>
  ofOne(name, CONVERSIONS[target] as (value: unknown) => unknown);

export const conversions: OperatorTable = {
  $convert: convert,
  $type: over('$type', 1, 1, ([value]) => (value === undefined ? 'missing' : typeName(value))),
  $isNumber: over('$isNumber', 1, 1, ([value]) => isNum(value)),
  ...Object.fromEntries([
    shorthand('$toBool', 'bool'),
    shorthand('$toDate', 'date'),
    shorthand('$toDecimal', 'decimal'),
    shorthand('$toDouble', 'double'),
    shorthand('$toInt', 'int'),
    shorthand('$toLong', 'long'),
    shorthand('$toObjectId', 'objectId'),
    shorthand('$toString', 'string'),
  ]),
};
