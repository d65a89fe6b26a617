import { Decimal128, Double, type Int32, Long } from 'bson';
import type { Num } from '../../numbers.js';

/** How MongoDB writes a number as a string. */
export function numberText(value: Num): string {
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof Decimal128 || value instanceof Long) return value.toString();
  return String((value as Int32).value);
}

/** The shortest digits that are the double, plain from 1e-4 up to 1e16 and with an exponent otherwise. */
function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value) || value === 0) return String(value);
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return plainText(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** JavaScript itself writes an exponent only outside these bounds. */
const plainText = (value: number): string => String(value);

/** ISO 8601 with milliseconds and Z; years before 0 and past 9999 have no form of their own. */
export function dateText(date: Date): string {
  return date.toISOString();
}

/** How often a text is found in another, each after the end of the one before. */
export function countOf(text: string, find: string): number {
  let count = 0;
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + find.length)) count++;
  return count;
}
