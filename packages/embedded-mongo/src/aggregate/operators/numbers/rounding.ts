import { Double } from 'bson';
import { CommandError } from '../../../errors.js';
import * as decimal from '../../../bson/decimal.js';
import { toNumber, typeName } from '../../../bson/values.js';
import {
  Kind,
  type Num,
  fitsLong,
  integer,
  isNum,
  kindOf,
  toDecimal,
  toDouble,
  toExact,
  wholeNumber,
} from '../../numbers.js';
import type { Operator, OperatorTable } from '../../scope.js';
import { isNullish, ofOne, over } from '../arguments.js';

/** An operator of one number. */
export function ofNumber(name: string, compute: (value: Num) => unknown): [string, Operator] {
  return ofOne(name, (value) => {
    if (!isNum(value)) {
      throw new CommandError(28765, `${name} only supports numeric types, not ${typeName(value)}`);
    }
    return compute(value);
  });
}

function absolute(value: Num): Num {
  const kind = kindOf(value) as Kind;
  if (kind === Kind.Double) return new Double(Math.abs(toDouble(value)));
  if (kind === Kind.Decimal) {
    return decimal.writeDecimal({ ...toDecimal(value), negative: false });
  }
  const exact = toExact(value);
  const positive = exact < 0n ? -exact : exact;
  if (!fitsLong(positive)) throw new CommandError(28680, "can't take $abs of long long min");
  return integer(positive, kind);
}

const toWhole =
  (mode: decimal.Rounding, ofDouble: (value: number) => number) =>
  (value: Num): Num => {
    const kind = kindOf(value);
    if (kind === Kind.Double) return new Double(ofDouble(toDouble(value)));
    if (kind !== Kind.Decimal) return value;
    return decimal.writeDecimal(decimal.quantize(toDecimal(value), 0, mode));
  };

function toPlaces(name: string, mode: decimal.Rounding): Operator {
  return over(name, 1, 2, (values) => {
    const [value, places] = values;
    if (isNullish(value)) return null;
    if (!isNum(value)) {
      throw new CommandError(51081, `${name} only supports numeric types, not ${typeName(value)}`);
    }
    if (values.length === 1) return shorten(value, 0, mode);
    if (isNullish(places)) return null;
    const precision = wholeNumber(places);
    if (precision === undefined) {
      throw new CommandError(51082, `precision argument to  ${name} must be a integral value`);
    }
    if (precision < -20 || precision > 100) {
      throw new CommandError(
        51083,
        `cannot apply ${name} with precision value ${precision} value must be in [-20, 100]`,
      );
    }
    return shorten(value, precision, mode);
  });
}

function shorten(value: Num, places: number, mode: decimal.Rounding): Num {
  const kind = kindOf(value) as Kind;
  if (kind === Kind.Decimal) {
    return decimal.writeDecimal(decimal.quantize(toDecimal(value), -places, mode));
  }
  if (kind === Kind.Double) {
    const number = toDouble(value);
    const whole = decimal.quantize(decimal.fromDouble(number, 34), -places, mode);
    // With more digits than a decimal holds there is nothing to round: a double has 17.
    if (!Number.isFinite(number) || whole.kind === 'nan') return value;
    return new Double(toNumber(decimal.writeDecimal(whole)) as number);
  }
  if (places >= 0) return value;
  const exact = decimal.toBigInt(decimal.quantize(toDecimal(value), -places, mode)) as bigint;
  if (!fitsLong(exact)) {
    throw new CommandError(51080, 'invalid conversion from Decimal128 result');
  }
  return integer(exact, kind);
}

export const rounding: OperatorTable = {
  ...Object.fromEntries([
    ofNumber('$abs', absolute),
    ofNumber('$ceil', toWhole('up', Math.ceil)),
    ofNumber('$floor', toWhole('down', Math.floor)),
  ]),
  $round: toPlaces('$round', 'even'),
  $trunc: toPlaces('$trunc', 'zero'),
};
