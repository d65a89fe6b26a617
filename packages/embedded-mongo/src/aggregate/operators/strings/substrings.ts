import { Int32 } from 'bson';
import { CommandError } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import { isNum, toDouble, wholeNumber } from '../../numbers.js';
import type { Operator, OperatorTable } from '../../scope.js';
import { isNullish, over } from '../arguments.js';
import { coerceToString, codePoints, unitOf } from './strings.js';

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

function substringBytes(name: string): Operator {
  return over(name, 3, 3, ([value, from, count]) => {
    const bytes = Buffer.from(coerceToString(value));
    const start = numberOf(from, 16034, `${name}:  starting index must be a numeric type`);
    const length = numberOf(count, 16035, `${name}:  length must be a numeric type`);
    if (start < 0) {
      throw new CommandError(
        50752,
        `${name}:  starting index must be non-negative (got: ${start})`,
      );
    }
    // A negative length is all the rest.
    const end = length < 0 ? bytes.length : start + length;
    if (isContinuation(bytes[start])) {
      throw new CommandError(
        28656,
        `${name}:  Invalid range, starting index is a UTF-8 continuation byte.`,
      );
    }
    if (isContinuation(bytes[end])) {
      throw new CommandError(
        28657,
        `${name}:  Invalid range, ending index is in the middle of a UTF-8 character.`,
      );
    }
    return bytes.toString('utf8', start, Math.min(end, bytes.length));
  });
}

function numberOf(value: unknown, code: number, message: string): number {
  if (!isNum(value)) throw new CommandError(code, `${message} (is BSON type ${typeName(value)})`);
  return Math.trunc(toDouble(value));
}

const substringPoints: Operator = over('$substrCP', 3, 3, ([value, from, count], meter) => {
  const text = coerceToString(value);
  const start = wholeOf(from, 34450, 34451, 'starting index');
  const length = wholeOf(count, 34452, 34453, 'length');
  if (length < 0) {
    throw new CommandError(34454, '$substrCP: length must be a nonnegative integer.');
  }
  if (start < 0) {
    throw new CommandError(34455, '$substrCP: the starting index must be nonnegative integer.');
  }
  meter.read(text);
  const first = unitOf(text, start);
  return text.slice(first, first + unitOf(text.slice(first), length));
});

function wholeOf(value: unknown, notNumber: number, notWhole: number, what: string): number {
  if (!isNum(value)) {
    throw new CommandError(
      notNumber,
      `$substrCP: ${what} must be a numeric type (is BSON type ${typeName(value)})`,
    );
  }
  const number = wholeNumber(value);
  if (number === undefined) {
    throw new CommandError(
      notWhole,
      `$substrCP: ${what} cannot be represented as a 32-bit integral value`,
    );
  }
  return number;
}

/** Looks for a text between two indices, which count bytes or code points. */
function indexOf(name: string, notText: number, notToken: number, bytes: boolean): Operator {
  return over(name, 2, 4, (values) => {
    const [value, token] = values;
    if (isNullish(value)) return null;
    if (typeof value !== 'string') {
      throw new CommandError(
        notText,
        `${name} requires a string as the first argument, found: ${typeName(value)}`,
      );
    }
    if (typeof token !== 'string') {
      throw new CommandError(
        notToken,
        `${name} requires a string as the second argument, found: ${typeName(token)}`,
      );
    }
    const start = values.length > 2 ? indexOperand(name, values[2], 'starting index') : 0;
    const size = bytes ? Buffer.byteLength(value) : codePoints(value);
    const end = values.length > 3 ? indexOperand(name, values[3], 'ending index') : size;
    if (start > size || end < start) return new Int32(-1);
    return new Int32(
      bytes
        ? findBytes(value, token, start, Math.min(end, size))
        : findPoints(value, token, start, Math.min(end, size)),
    );
  });
}

function findBytes(value: string, token: string, start: number, end: number): number {
  return Buffer.from(value).subarray(0, end).indexOf(token, start);
}

/** Only where it starts must lie before the end. */
function findPoints(value: string, token: string, start: number, end: number): number {
  if (value === '' && token === '') return 0;
  const at = value.indexOf(token, unitOf(value, start));
  if (at < 0) return -1;
  const index = codePoints(value, at);
  return index < end ? index : -1;
}

export function indexOperand(name: string, value: unknown, what: string): number {
  const index = wholeNumber(value);
  if (index === undefined) {
    throw new CommandError(
      40096,
      `${name} requires an integral ${what}, found a value of type: ${typeName(value)}`,
    );
  }
  if (index < 0) {
    throw new CommandError(40097, `${name} requires a nonnegative ${what}, found: ${index}`);
  }
  return index;
}

export const substrings: OperatorTable = {
  $substr: substringBytes('$substr'),
  $substrBytes: substringBytes('$substrBytes'),
  $substrCP: substringPoints,
  $indexOfBytes: indexOf('$indexOfBytes', 40091, 40092, true),
  $indexOfCP: indexOf('$indexOfCP', 40093, 40094, false),
};
