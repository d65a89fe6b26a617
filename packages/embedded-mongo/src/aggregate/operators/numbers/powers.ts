import { Double, Int32, Long } from 'bson';
import { CommandError, notSupported, typeMismatch } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import {
  Kind,
  type Num,
  fitsLong,
  integer,
  isNum,
  kindOf,
  toDouble,
  toExact,
} from '../../numbers.js';
import type { Operator, OperatorTable } from '../../scope.js';
import { isNullish, over } from '../arguments.js';
import { ofNumber } from './rounding.js';

/** A double of an argument; decimals would need 34 digits of it, which nothing here computes. */
function double(name: string, value: Num): number {
  if (kindOf(value) === Kind.Decimal) {
    throw notSupported(`${name} of a decimal is not supported by this server`);
  }
  return toDouble(value);
}

function ofPositive(
  name: string,
  code: number,
  compute: (value: number) => number,
): [string, Operator] {
  return ofNumber(name, (value) => {
    const number = double(name, value);
    if (number <= 0) {
      throw new CommandError(
        code,
        `${name}'s argument must be a positive number, but is ${number}`,
      );
    }
    return new Double(compute(number));
  });
}

function squareRoot(value: Num): Double {
  const number = double('$sqrt', value);
  if (number < 0) {
    throw new CommandError(28714, "$sqrt's argument must be greater than or equal to 0");
  }
  return new Double(Math.sqrt(number));
}

function logarithm([value, base]: unknown[]): unknown {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNum(value)) {
    throw new CommandError(28756, `$log's argument must be numeric, not ${typeName(value)}`);
  }
  if (!isNum(base)) {
    throw new CommandError(28757, `$log's base must be numeric, not ${typeName(base)}`);
  }
  const number = double('$log', value);
  const root = double('$log', base);
  if (number <= 0) {
    throw new CommandError(28758, `$log's argument must be a positive number, but is ${number}`);
  }
  if (root <= 0 || root === 1) {
    throw new CommandError(
      28759,
      `$log's base must be a positive number not equal to 1, but is ${root}`,
    );
  }
  return new Double(Math.log(number) / Math.log(root));
}

function power([base, exponent]: unknown[]): unknown {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNum(base)) {
    throw new CommandError(28762, `$pow's base must be numeric, not ${typeName(base)}`);
  }
  if (!isNum(exponent)) {
    throw new CommandError(28763, `$pow's exponent must be numeric, not ${typeName(exponent)}`);
  }
  const root = double('$pow', base);
  const times = double('$pow', exponent);
  if (root === 0 && times < 0) {
    throw new CommandError(28764, '$pow cannot take a base of 0 and a negative exponent');
  }
  const kind = Math.max(kindOf(base) as Kind, kindOf(exponent) as Kind);
  if (kind === Kind.Double) return new Double(root ** times);
  return wholePower(toExact(base), toExact(exponent), kind);
}

function wholePower(base: bigint, exponent: bigint, kind: Kind): Num {
  // 1, -1 and 0 stay whole however large the exponent is.
  if (base === 1n || base === 0n || base === -1n) {
    const odd = exponent % 2n !== 0n;
    return integer(exponent === 0n ? 1n : base === -1n && !odd ? 1n : base, kind);
  }
  if (exponent < 0n || exponent > 63n) return new Double(Number(base) ** Number(exponent));
  const exact = base ** exponent;
  return fitsLong(exact) ? integer(exact, kind) : new Double(Number(base) ** Number(exponent));
}

function bitwise(name: string, start: bigint, combine: (a: bigint, b: bigint) => bigint): Operator {
  return over(name, 0, Infinity, (values) => {
    let result = start;
    let kind = Kind.Int;
    for (const value of values) {
      if (isNullish(value)) return null;
      if (!(value instanceof Int32) && !(value instanceof Long)) {
        throw typeMismatch(`${name} only supports int and long, not: ${typeName(value)}.`);
      }
      kind = Math.max(kind, kindOf(value) as Kind);
      result = combine(result, toExact(value));
    }
    return integer(result, kind);
  });
}

function complement(value: Num): Num {
  if (!(value instanceof Int32) && !(value instanceof Long)) {
    throw typeMismatch(`$bitNot only supports int and long, not: ${typeName(value)}.`);
  }
  return integer(~toExact(value), kindOf(value) as Kind);
}

export const powers: OperatorTable = {
  ...Object.fromEntries([
    ofNumber('$sqrt', squareRoot),
    ofNumber('$exp', (value) => new Double(Math.exp(double('$exp', value)))),
    ofPositive('$ln', 28766, Math.log),
    ofPositive('$log10', 28761, Math.log10),
    ofNumber('$bitNot', complement),
  ]),
  $log: over('$log', 2, 2, logarithm),
  $pow: over('$pow', 2, 2, power),
  $bitAnd: bitwise('$bitAnd', -1n, (a, b) => a & b),
  $bitOr: bitwise('$bitOr', 0n, (a, b) => a | b),
  $bitXor: bitwise('$bitXor', 0n, (a, b) => a ^ b),
};
