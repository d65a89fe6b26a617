import { Int32 } from 'bson';
import { compareValues, equalValues } from '../../bson/compare.js';
import { CommandError } from '../../errors.js';
import { typeName } from '../../bson/values.js';
import { ELEMENT_BYTES, type Meter, SLOT_BYTES } from '../meter.js';
import { isNum, wholeNumber } from '../numbers.js';
import type { Operator, OperatorTable } from '../scope.js';
import { isNullish, ofOne, over } from './arguments.js';
import { indexOperand } from './strings/substrings.js';

export function arrayOf(value: unknown, code: number, message: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new CommandError(code, `${message}${typeName(value)}`);
}

function elementAt(name: string, value: unknown, index: unknown): unknown {
  if (isNullish(value) || isNullish(index)) return null;
  const array = arrayOf(value, 28689, `${name}'s first argument must be an array, but is `);
  if (!isNum(index)) {
    throw new CommandError(
      28690,
      `${name}'s second argument must be a numeric value, but is ${typeName(index)}`,
    );
  }
  const at = wholeNumber(index);
  if (at === undefined) {
    throw new CommandError(
      28691,
      `${name}'s second argument must be representable as a 32-bit integer`,
    );
  }
  return array.at(at);
}

const concatArrays: Operator = over('$concatArrays', 0, Infinity, (values, meter) => {
  const joined: unknown[] = [];
  for (const value of values) {
    if (isNullish(value)) return null;
    const array = arrayOf(value, 28664, '$concatArrays only supports arrays, not ');
    meter.charge(array.length * SLOT_BYTES);
    for (const item of array) joined.push(item);
  }
  return joined;
});

const indexOfArray: Operator = over('$indexOfArray', 2, 4, (values, meter) => {
  const [value, wanted] = values;
  if (isNullish(value)) return null;
  const message = '$indexOfArray requires an array as a first argument, found: ';
  const array = arrayOf(value, 40090, message);
  const start = values.length > 2 ? indexOperand('$indexOfArray', values[2], 'starting index') : 0;
  const end =
    values.length > 3 ? indexOperand('$indexOfArray', values[3], 'ending index') : array.length;
  if (wanted === undefined) return new Int32(-1);
  for (let i = start; i < Math.min(end, array.length); i++) {
    if (equalsWithin(array[i], wanted, meter)) return new Int32(i);
  }
  return new Int32(-1);
});

const isIn: Operator = over('$in', 2, 2, ([wanted, list], meter) => {
  const array = arrayOf(list, 40081, '$in requires an array as a second argument, found: ');
  return wanted !== undefined && array.some((item) => equalsWithin(item, wanted, meter));
});

function equalsWithin(item: unknown, wanted: unknown, meter: Meter): boolean {
  meter.read(item);
  return equalValues(item, wanted, meter);
}

const slice: Operator = over('$slice', 2, 3, (values, meter) => {
  const [value, first, second] = values;
  if (isNullish(value) || isNullish(first)) return null;
  const array = arrayOf(
    value,
    28724,
    'First argument to $slice must be an array, but is of type: ',
  );
  const start = sliceNumber(first, 'Second', 28725, 28726);
  let part: unknown[];
  if (values.length < 3) {
    part = start < 0 ? array.slice(start) : array.slice(0, start);
  } else {
    if (isNullish(second)) return null;
    const count = sliceNumber(second, 'Third', 28727, 28728);
    if (count <= 0) {
      throw new CommandError(28729, `Third argument to $slice must be positive: ${count}`);
    }
    const from = start < 0 ? Math.max(0, array.length + start) : start;
    part = array.slice(from, from + count);
  }
  meter.charge(part.length * SLOT_BYTES);
  return part;
});

function sliceNumber(value: unknown, which: string, notNumber: number, notWhole: number): number {
  if (!isNum(value)) {
    throw new CommandError(
      notNumber,
      `${which} argument to $slice must be numeric, but is of type: ${typeName(value)}`,
    );
  }
  const number = wholeNumber(value);
  if (number === undefined) {
    throw new CommandError(
      notWhole,
      `${which} argument to $slice can't be represented as a 32-bit integer`,
    );
  }
  return number;
}

/** MongoDB's own bound of one `$range`, and what it counts for each of its numbers. */
const RANGE_BYTES = 100 * 1024 * 1024;
const RANGE_ITEM_BYTES = 16;

const range: Operator = over('$range', 2, 3, (values, meter) => {
  const start = rangeNumber(values[0], 'starting', 34443, 34444);
  const end = rangeNumber(values[1], 'ending', 34445, 34446);
  const step = values.length < 3 ? 1 : rangeNumber(values[2], 'step', 34447, 34448);
  if (step === 0) throw new CommandError(34449, '$range requires a non-zero step value');
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (length * RANGE_ITEM_BYTES >= RANGE_BYTES) {
    throw new CommandError(
      146,
      `$range would use too much memory (${length * RANGE_ITEM_BYTES} bytes) and cannot spill to disk. Memory limit: ${RANGE_BYTES} bytes`,
    );
  }
  meter.charge(length * ELEMENT_BYTES);
  const numbers: Int32[] = [];
  for (let i = 0; i < length; i++) {
    meter.step();
    numbers.push(new Int32(start + i * step));
  }
  return numbers;
});

function rangeNumber(value: unknown, which: string, notNumber: number, notWhole: number): number {
  if (!isNum(value)) {
    throw new CommandError(
      notNumber,
      `$range requires a numeric ${which} value, found value of type: ${typeName(value)}`,
    );
  }
  const number = wholeNumber(value);
  if (number === undefined) {
    throw new CommandError(
      notWhole,
      `$range requires a ${which} value that can be represented as a 32-bit integer`,
    );
  }
  return number;
}

export const arrays: OperatorTable = {
  $arrayElemAt: over('$arrayElemAt', 2, 2, ([a, i]) => elementAt('$arrayElemAt', a, i)),
  $first: over('$first', 1, 1, ([value]) => elementAt('$first', value, new Int32(0))),
  $last: over('$last', 1, 1, ([value]) => elementAt('$last', value, new Int32(-1))),
  $concatArrays: concatArrays,
  $in: isIn,
  $indexOfArray: indexOfArray,
  $isArray: over('$isArray', 1, 1, ([value]) => Array.isArray(value)),
  $range: range,
  $size: over('$size', 1, 1, ([value]) => {
    const message = 'The argument to $size must be an array, but was of type: ';
    return new Int32(arrayOf(value, 17124, message).length);
  }),
  $slice: slice,
  ...Object.fromEntries([
    ofOne('$reverseArray', (value, meter) => {
      const message = 'The argument to $reverseArray must be an array, but was of type: ';
      const array = arrayOf(value, 34435, message);
      meter.charge(array.length * SLOT_BYTES);
      return [...array].reverse();
    }),
  ]),
};

/** Ascending; equal ones stay in their order. */
export function sortValues(values: readonly unknown[], meter: Meter): unknown[] {
  return [...values].sort((left, right) => {
    meter.read(left);
    return compareValues(left, right, meter);
  });
}
