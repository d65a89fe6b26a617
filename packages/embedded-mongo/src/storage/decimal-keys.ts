import type { Decimal128 } from 'bson';
import { type Decimal, difference, exactly, readDecimal } from '../bson/decimal.js';

/** How far a decimal lies above a double, in the parts of which a key is made. */
export interface Distance {
  /** Cut to 16 bits. */
  whole: number;
  /** How many digits stand before the point; negative for zeros after it. */
  magnitude: number;
  /** Without zeros at the end; none when the decimal is the double. */
  digits: string;
}

/** Beyond every decimal: what lies below the least double is told from here. */
const BELOW_ALL: Decimal = { kind: 'finite', negative: true, coefficient: 1n, exponent: 6145 };
const MAX_WHOLE = 0xffff;

export const isInfinityOrNaN = (value: Decimal128): boolean => readDecimal(value).kind !== 'finite';

/** Undefined when the decimal lies below the double. */
export function distanceAbove(value: Decimal128, double: number): Distance | undefined {
  if (double === Infinity) return undefined;
  const from = double === -Infinity ? BELOW_ALL : exactly(double);
  const { digits, exponent } = difference(readDecimal(value), from);
  if (digits < 0n) return undefined;
  if (digits === 0n) return { whole: 0, magnitude: 0, digits: '' };
  const text = digits.toString();
  const magnitude = text.length + exponent;
  return { whole: wholePart(text, exponent), magnitude, digits: text.replace(/0+$/, '') };
}

function wholePart(digits: string, exponent: number): number {
  if (digits.length + exponent <= 0) return 0;
  if (digits.length + exponent > 5) return MAX_WHOLE;
  const whole = exponent < 0 ? digits.slice(0, exponent) : digits + '0'.repeat(exponent);
  return Math.min(Number(whole), MAX_WHOLE);
}
