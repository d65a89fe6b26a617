import { Double } from 'bson';
import { CommandError, badValue, notSupported, typeMismatch } from '../../../errors.js';
import * as decimal from '../../../bson/decimal.js';
import { typeName } from '../../../bson/values.js';
import {
  Kind,
  type Num,
  integer,
  isNum,
  kindOf,
  toDecimal,
  toDouble,
  toExact,
} from '../../numbers.js';
import type { OperatorTable } from '../../scope.js';
import { isNullish, over } from '../arguments.js';

const DATE_LIMIT = 8.64e15;

export function dateOf(milliseconds: number): Date {
  if (Number.isNaN(milliseconds) || Math.abs(milliseconds) >= 2 ** 63) {
    throw new CommandError(15, 'date overflow');
  }
  if (Math.abs(milliseconds) > DATE_LIMIT) {
    throw notSupported('Dates past the year 275760 are not supported by this server');
  }
  return new Date(milliseconds);
}

/** Whole milliseconds, rounded half away from zero as C does. */
function millisecondsOf(value: Num): number {
  if (kindOf(value) === Kind.Decimal) {
    return Number(decimal.toBigInt(decimal.quantize(toDecimal(value), 0, 'even')) ?? NaN);
  }
  const number = toDouble(value);
  return Math.sign(number) * Math.round(Math.abs(number));
}

const widest = (a: Num, b: Num): Kind => Math.max(kindOf(a) as Kind, kindOf(b) as Kind);

interface Operation {
  exact: (a: bigint, b: bigint) => bigint;
  double: (a: number, b: number) => number;
  decimal: (a: decimal.Decimal, b: decimal.Decimal) => decimal.Decimal;
}

const PLUS: Operation = {
  exact: (a, b) => a + b,
  double: (a, b) => a + b,
  decimal: decimal.add,
};
const TIMES: Operation = {
  exact: (a, b) => a * b,
  double: (a, b) => a * b,
  decimal: decimal.multiply,
};

/** A result that is as wide as the widest of its operands: only at the end is an int seen to be a long. */
class Total {
  private kind = Kind.Int;
  private value: Num;

  constructor(
    private readonly operation: Operation,
    private exact: bigint,
  ) {
    this.value = integer(exact, Kind.Int);
  }

  take(operand: Num): void {
    this.kind = Math.max(this.kind, kindOf(operand) as Kind);
    if (this.kind <= Kind.Long) {
      this.exact = this.operation.exact(this.exact, toExact(operand));
      this.value = integer(this.exact, this.kind);
      if (this.value instanceof Double) this.kind = Kind.Double;
    } else if (this.kind === Kind.Double) {
      const { double } = this.operation;
      this.value = new Double(double(toDouble(this.value), toDouble(operand)));
    } else {
      const { decimal: combine } = this.operation;
      this.value = decimal.writeDecimal(combine(toDecimal(this.value), toDecimal(operand)));
    }
  }

  get result(): Num {
    return this.value;
  }
}

function add(values: unknown[]): unknown {
  const sum = new Total(PLUS, 0n);
  let date: number | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date !== undefined) {
        throw new CommandError(16612, 'only one date allowed in an $add expression');
      }
      date = value.getTime() + millisecondsOf(sum.result);
    } else if (!isNum(value)) {
      throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
    } else if (date !== undefined) {
      date += millisecondsOf(value);
    } else {
      sum.take(value);
    }
  }
  return date === undefined ? sum.result : dateOf(date);
}

function subtract([a, b]: unknown[]): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return integer(BigInt(a.getTime() - b.getTime()), Kind.Long);
    if (isNum(b)) return dateOf(a.getTime() - millisecondsOf(b));
  }
  if (!isNum(a) || !isNum(b)) {
    throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
  }
  const kind = widest(a, b);
  if (kind === Kind.Decimal) {
    return decimal.writeDecimal(decimal.add(toDecimal(a), decimal.negate(toDecimal(b))));
  }
  return kind === Kind.Double
    ? new Double(toDouble(a) - toDouble(b))
    : integer(toExact(a) - toExact(b), kind);
}

function multiply(values: unknown[]): unknown {
  const product = new Total(TIMES, 1n);
  for (const value of values) {
    if (isNullish(value)) return null;
    if (!isNum(value)) {
      throw typeMismatch(`$multiply only supports numeric types, not ${typeName(value)}`);
    }
    product.take(value);
  }
  return product.result;
}

function divide([a, b]: unknown[]): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNum(a) || !isNum(b)) {
    throw typeMismatch(
      `$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`,
    );
  }
  if (toDouble(b) === 0 && (kindOf(b) !== Kind.Decimal || decimal.isZero(toDecimal(b)))) {
    throw badValue("can't $divide by zero");
  }
  if (widest(a, b) !== Kind.Decimal) return new Double(toDouble(a) / toDouble(b));
  return decimal.writeDecimal(decimal.divide(toDecimal(a), toDecimal(b)));
}

function modulo([a, b]: unknown[]): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNum(a) || !isNum(b)) {
    throw new CommandError(
      16611,
      `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`,
    );
  }
  const kind = widest(a, b);
  if (kind === Kind.Decimal) {
    const divisor = toDecimal(b);
    if (decimal.isZero(divisor)) throw new CommandError(5733415, "can't $mod by zero");
    return decimal.writeDecimal(decimal.modulo(toDecimal(a), divisor));
  }
  if (toDouble(b) === 0) throw new CommandError(16610, "can't $mod by zero");
  return kind === Kind.Double
    ? new Double(toDouble(a) % toDouble(b))
    : integer(toExact(a) % toExact(b), kind);
}

export const arithmetic: OperatorTable = {
  $add: over('$add', 0, Infinity, add),
  $subtract: over('$subtract', 2, 2, subtract),
  $multiply: over('$multiply', 0, Infinity, multiply),
  $divide: over('$divide', 2, 2, divide),
  $mod: over('$mod', 2, 2, modulo),
};
