import { BSONSymbol, Code, Int32, Timestamp } from 'bson';
import { compareStrings } from '../../../bson/compare.js';
import { CommandError } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import { isNum } from '../../numbers.js';
import { ELEMENT_BYTES } from '../../meter.js';
import type { OperatorTable } from '../../scope.js';
import { isNullish, ofOne, over } from '../arguments.js';
import { countOf, dateText, numberText } from './text.js';

/** What string operators read of a value that need not be a string. */
export function coerceToString(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNum(value)) return numberText(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof BSONSymbol) return value.value;
  if (value instanceof Code && !value.scope) return value.code;
  if (value instanceof Timestamp) {
    return `Timestamp(${value.getHighBitsUnsigned()}, ${value.getLowBitsUnsigned()})`;
  }
  throw new CommandError(16007, `can't convert from BSON type ${typeName(value)} to String`);
}

/** MongoDB changes the case of ASCII letters alone. */
const lower = (text: string): string => withCase(text, /[A-Z]/, 0x41, 0x20);
const upper = (text: string): string => withCase(text, /[a-z]/, 0x61, -0x20);

/** Moves 26 letters by a distance, in one pass: a call for each run of them takes a hundred times as long. */
function withCase(text: string, letters: RegExp, first: number, distance: number): string {
  if (!letters.test(text)) return text;
  const bytes = Buffer.from(text, 'utf16le');
  for (let i = 0; i < bytes.length; i += 2) {
    const low = bytes[i] as number;
    if (low >= first && low < first + 26 && bytes[i + 1] === 0) bytes[i] = low + distance;
  }
  return bytes.toString('utf16le');
}

function stringOf(value: unknown, code: number, message: string): string {
  if (typeof value === 'string') return value;
  throw new CommandError(code, `${message}, found: ${typeName(value)}`);
}

const concat = over('$concat', 0, Infinity, (values, meter) => {
  let text = '';
  for (const value of values) {
    if (isNullish(value)) return null;
    if (typeof value !== 'string') {
      throw new CommandError(16702, `$concat only supports strings, not ${typeName(value)}`);
    }
    meter.charge(value.length);
    text += value;
  }
  return text;
});

const compareIgnoringCase = over('$strcasecmp', 2, 2, ([left, right]) => {
  const order = compareStrings(upper(coerceToString(left)), upper(coerceToString(right)));
  return new Int32(Math.sign(order));
});

const split = over('$split', 2, 2, ([value, separator], meter) => {
  if (isNullish(value) || isNullish(separator)) return null;
  const message = '$split requires an expression that evaluates to a string as a';
  const text = stringOf(value, 40085, `${message} first argument`);
  const mark = stringOf(separator, 40086, `${message} second argument`);
  if (mark === '') throw new CommandError(40087, '$split requires a non-empty separator');
  meter.charge(countOf(text, mark) * ELEMENT_BYTES);
  return text.split(mark);
});

/** Two units that are one code point. */
export const isPair = (text: string, at: number): boolean =>
  text.charCodeAt(at) >> 10 === 0x36 && text.charCodeAt(at + 1) >> 10 === 0x37;

export function codePoints(text: string, end = text.length): number {
  let count = end;
  for (let i = 0; i < end - 1; i++) if (isPair(text, i)) count--;
  return count;
}

/** Where a code point starts, in units; the text's length when it has not so many. */
export function unitOf(text: string, point: number): number {
  let unit = 0;
  for (let left = point; left > 0 && unit < text.length; left--) unit += isPair(text, unit) ? 2 : 1;
  return unit;
}

export const strings: OperatorTable = {
  $concat: concat,
  $split: split,
  $strcasecmp: compareIgnoringCase,
  $toLower: over('$toLower', 1, 1, ([value]) => lower(coerceToString(value))),
  $toUpper: over('$toUpper', 1, 1, ([value]) => upper(coerceToString(value))),
  $strLenBytes: over('$strLenBytes', 1, 1, ([value]) => {
    const text = stringOf(value, 34473, '$strLenBytes requires a string argument');
    return new Int32(Buffer.byteLength(text));
  }),
  $strLenCP: over('$strLenCP', 1, 1, ([value]) => {
    const text = stringOf(value, 34471, '$strLenCP requires a string argument');
    return new Int32(codePoints(text));
  }),
  ...Object.fromEntries([
    ofOne('$binarySize', (value) => {
      if (typeof value === 'string') return new Int32(Buffer.byteLength(value));
      if (typeName(value) === 'binData') return new Int32((value as { length(): number }).length());
      throw new CommandError(
        51276,
        `$binarySize requires a string or BinData argument, found: ${typeName(value)}`,
      );
    }),
  ]),
};
