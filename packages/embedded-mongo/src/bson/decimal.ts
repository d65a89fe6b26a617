import { Decimal128 } from 'bson';

/** Arithmetic of IEEE 754 decimal128 as MongoDB does it: 34 digits, ties to even. */

export interface Decimal {
  kind: 'finite' | 'infinite' | 'nan';
  negative: boolean;
  coefficient: bigint;
  exponent: number;
}

export type Rounding = 'even' | 'zero' | 'up' | 'down';

const DIGITS = 34;
const BIAS = 6176;
const MIN_EXPONENT = -6176;
const MAX_EXPONENT = 6111;
const LARGEST = 10n ** 34n - 1n;
const LOW_64 = (1n << 64n) - 1n;

const NAN: Decimal = { kind: 'nan', negative: false, coefficient: 0n, exponent: 0 };
const infinity = (negative: boolean): Decimal => ({
  kind: 'infinite',
  negative,
  coefficient: 0n,
  exponent: 0,
});
const finite = (negative: boolean, coefficient: bigint, exponent: number): Decimal => ({
  kind: 'finite',
  negative,
  coefficient,
  exponent,
});

export function readDecimal(value: Decimal128): Decimal {
  const bytes = Buffer.from(value.bytes.buffer, value.bytes.byteOffset, 16);
  const low = bytes.readBigUInt64LE(0);
  const high = bytes.readBigUInt64LE(8);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return NAN;
  if (combination === 0x1e) return infinity(negative);
  // Coefficients of the long form pass 34 digits and are read as zero.
  if (combination >> 3 === 3) {
    return finite(negative, 0n, Number((high >> 47n) & 0x3fffn) - BIAS);
  }
  const coefficient = ((high & ((1n << 49n) - 1n)) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - BIAS;
  return finite(negative, coefficient > LARGEST ? 0n : coefficient, exponent);
}

export function writeDecimal(value: Decimal): Decimal128 {
  const bytes = Buffer.alloc(16);
  const sign = value.negative ? 1n << 63n : 0n;
  if (value.kind === 'nan') {
    bytes.writeBigUInt64LE(0x1fn << 58n, 8);
  } else if (value.kind === 'infinite') {
    bytes.writeBigUInt64LE(sign | (0x1en << 58n), 8);
  } else {
    const { coefficient, exponent } = value;
    bytes.writeBigUInt64LE(coefficient & LOW_64, 0);
    bytes.writeBigUInt64LE(sign | (BigInt(exponent + BIAS) << 49n) | (coefficient >> 64n), 8);
  }
  return new Decimal128(bytes);
}

const digitsOf = (value: bigint): number => (value === 0n ? 1 : value.toString().length);

/** Drops the last `count` digits of a coefficient. */
function dropDigits(coefficient: bigint, count: number, negative: boolean, mode: Rounding): bigint {
  if (count <= 0) return coefficient;
  const unit = 10n ** BigInt(count);
  const quotient = coefficient / unit;
  const rest = coefficient % unit;
  if (rest === 0n) return quotient;
  switch (mode) {
    case 'zero':
      return quotient;
    case 'up':
      return negative ? quotient : quotient + 1n;
    case 'down':
      return negative ? quotient + 1n : quotient;
    case 'even': {
      const twice = rest * 2n;
      const away = twice > unit || (twice === unit && quotient % 2n === 1n);
      return away ? quotient + 1n : quotient;
    }
  }
}

/** Brings an exact result into the format: at most 34 digits, and an exponent within its range. */
function round(negative: boolean, exact: bigint, power: number): Decimal {
  let coefficient = exact;
  let exponent = power;
  const excess = Math.max(digitsOf(coefficient) - DIGITS, MIN_EXPONENT - exponent);
  if (excess > 0) {
    coefficient = dropDigits(
      coefficient,
      Math.min(excess, digitsOf(coefficient) + 1),
      negative,
      'even',
    );
    exponent += excess;
    if (coefficient > LARGEST) {
      coefficient /= 10n;
      exponent++;
    }
  }
  if (exponent > MAX_EXPONENT) {
    if (coefficient === 0n) return finite(negative, 0n, MAX_EXPONENT);
    const padding = exponent - MAX_EXPONENT;
    if (digitsOf(coefficient) + padding > DIGITS) return infinity(negative);
    coefficient *= 10n ** BigInt(padding);
    exponent = MAX_EXPONENT;
  }
  return finite(negative, coefficient, exponent);
}

const signed = ({ negative, coefficient }: Decimal): bigint =>
  negative ? -coefficient : coefficient;

const scaled = (value: Decimal, exponent: number): bigint =>
  signed(value) * 10n ** BigInt(value.exponent - exponent);

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite') return b.kind === 'infinite' && a.negative !== b.negative ? NAN : a;
  if (b.kind === 'infinite') return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = scaled(a, exponent) + scaled(b, exponent);
  const negative = sum < 0n || (sum === 0n && a.negative && b.negative);
  return round(negative, sum < 0n ? -sum : sum, exponent);
}

export function negate(value: Decimal): Decimal {
  return value.kind === 'nan' ? value : { ...value, negative: !value.negative };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinite' || b.kind === 'infinite') {
    return isZero(a) || isZero(b) ? NAN : infinity(negative);
  }
  return round(negative, a.coefficient * b.coefficient, a.exponent + b.exponent);
}

/** The divisor is not zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinite') return b.kind === 'infinite' ? NAN : infinity(negative);
  if (b.kind === 'infinite') return finite(negative, 0n, MIN_EXPONENT);
  const ideal = a.exponent - b.exponent;
  if (a.coefficient === 0n) return round(negative, 0n, ideal);
  const shift = Math.max(0, DIGITS + 2 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const numerator = a.coefficient * 10n ** BigInt(shift);
  let quotient = numerator / b.coefficient;
  let exponent = ideal - shift;
  if (numerator % b.coefficient !== 0n) {
    // Something follows: a last digit that is no tie stands for it.
    return round(negative, quotient * 10n + 1n, exponent - 1);
  }
  while (exponent < ideal && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent++;
  }
  return round(negative, quotient, exponent);
}

/** The remainder with the sign of the dividend; the divisor is not zero. */
export function modulo(a: Decimal, b: Decimal): Decimal {
  if (a.kind !== 'finite' || b.kind === 'nan') return NAN;
  if (b.kind === 'infinite') return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const rest = scaled(a, exponent) % scaled(b, exponent);
  return round(a.negative, rest < 0n ? -rest : rest, exponent);
}

/** The value with that exponent exactly; NaN when it then has more than 34 digits. */
export function quantize(value: Decimal, exponent: number, mode: Rounding): Decimal {
  if (value.kind !== 'finite') return value.kind === 'nan' ? NAN : value;
  const drop = exponent - value.exponent;
  const coefficient =
    drop > 0
      ? dropDigits(
          value.coefficient,
          Math.min(drop, digitsOf(value.coefficient) + 1),
          value.negative,
          mode,
        )
      : value.coefficient * 10n ** BigInt(Math.min(-drop, 2 * DIGITS));
  return coefficient > LARGEST ? NAN : finite(value.negative, coefficient, exponent);
}

export const isZero = (value: Decimal): boolean =>
  value.kind === 'finite' && value.coefficient === 0n;

export function fromBigInt(value: bigint): Decimal {
  return finite(value < 0n, value < 0n ? -value : value, 0);
}

/** A double as 15 significant digits (MongoDB's conversion), or exactly as far as 34 digits go. */
export function fromDouble(value: number, digits: 15 | 34 = 15): Decimal {
  if (Number.isNaN(value)) return NAN;
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return infinity(negative);
  if (value === 0) return finite(negative, 0n, 0);
  if (digits === 34) {
    const { mantissa, power } = exactDouble(Math.abs(value));
    if (power >= 0) return round(negative, mantissa * 2n ** BigInt(power), 0);
    // m / 2^n is m * 5^n / 10^n.
    return trimmed(round(negative, mantissa * 5n ** BigInt(-power), power));
  }
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential(14).split('e');
  return finite(negative, BigInt(mantissa.replace('.', '')), Number(exponent) - 14);
}

function trimmed(value: Decimal): Decimal {
  let { coefficient, exponent } = value;
  while (coefficient !== 0n && exponent < 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent++;
  }
  return { ...value, coefficient, exponent };
}

/** A positive double as mantissa * 2^power. */
function exactDouble(value: number): { mantissa: bigint; power: number } {
  const view = Buffer.alloc(8);
  view.writeDoubleLE(value);
  const bits = view.readBigUInt64LE();
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0
    ? { mantissa: fraction, power: -1074 }
    : { mantissa: fraction | (1n << 52n), power: biased - 1075 };
}

/** Towards zero; undefined for what is no finite number. */
export function toBigInt(value: Decimal): bigint | undefined {
  if (value.kind !== 'finite') return undefined;
  const whole = quantizeToInteger(value);
  return value.negative ? -whole : whole;
}

function quantizeToInteger({ coefficient, exponent }: Decimal): bigint {
  return exponent >= 0
    ? coefficient * 10n ** BigInt(exponent)
    : dropDigits(coefficient, Math.min(-exponent, DIGITS + 2), false, 'zero');
}

/** Compares two finite values, a double's being exactly what it holds. */
export function compareFinite(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = scaled(a, exponent);
  const right = scaled(b, exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What `b` lacks to be `a`, exactly: `digits * 10 ** exponent`. Both are finite. */
export function difference(a: Decimal, b: Decimal): { digits: bigint; exponent: number } {
  const exponent = Math.min(a.exponent, b.exponent);
  return { digits: scaled(a, exponent) - scaled(b, exponent), exponent };
}

/** A double with all its digits, for comparisons alone: it can have more than 34. */
export function exactly(value: number): Decimal {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? NAN : infinity(value < 0);
  const { mantissa, power } = exactDouble(Math.abs(value));
  return power >= 0
    ? finite(value < 0, mantissa * 2n ** BigInt(power), 0)
    : finite(value < 0, mantissa * 5n ** BigInt(-power), power);
}
