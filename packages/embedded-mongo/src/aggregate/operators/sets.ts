import { CommandError } from '../../errors.js';
import { typeName } from '../../bson/values.js';
import { type Meter, SLOT_BYTES } from '../meter.js';
import type { Operator, OperatorTable } from '../scope.js';
import { ValueSet } from '../value-set.js';
import { isNullish, over } from './arguments.js';
import { arrayOf, sortValues } from './arrays.js';
import { isTrue } from './logic.js';

/** Results come in the order of their values: MongoDB promises none. */

function setOf(values: readonly unknown[], meter: Meter): ValueSet {
  const set = new ValueSet(meter);
  for (const value of values) {
    meter.read(value);
    set.add(value);
  }
  return set;
}

function isMember(item: unknown, set: ValueSet, meter: Meter): boolean {
  meter.read(item);
  return set.has(item);
}

const union: Operator = over('$setUnion', 0, Infinity, (values, meter) => {
  const set = new ValueSet(meter);
  for (const value of values) {
    if (isNullish(value)) return null;
    const message = 'All operands of $setUnion must be arrays. One argument is of type: ';
    const array = arrayOf(value, 17043, message);
    meter.charge(array.length * SLOT_BYTES);
    for (const item of array) {
      meter.read(item);
      set.add(item);
    }
  }
  return sortValues(set.values, meter);
});

const intersection: Operator = over('$setIntersection', 0, Infinity, (values, meter) => {
  let common: unknown[] | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    const message = 'All operands of $setIntersection must be arrays. One argument is of type: ';
    const set = setOf(arrayOf(value, 17047, message), meter);
    meter.charge(set.values.length * SLOT_BYTES);
    common =
      common === undefined ? set.values : common.filter((item) => isMember(item, set, meter));
  }
  return sortValues(common ?? [], meter);
});

const difference: Operator = over('$setDifference', 2, 2, ([left, right], meter) => {
  if (isNullish(left) || isNullish(right)) return null;
  const message = 'both operands of $setDifference must be arrays.';
  const from = arrayOf(left, 17048, `${message} First argument is of type: `);
  const less = setOf(arrayOf(right, 17049, `${message} Second argument is of type: `), meter);
  meter.charge(from.length * SLOT_BYTES);
  return from.filter((item) => {
    meter.read(item);
    return less.add(item);
  });
});

const equals: Operator = over('$setEquals', 2, Infinity, (values, meter) => {
  const sets = values.map((value, i) => {
    if (Array.isArray(value)) return setOf(value, meter);
    throw new CommandError(
      17044,
      `All operands of $setEquals must be arrays. ${i + 1}-th argument is of type: ${typeName(value)}`,
    );
  });
  const first = sets[0] as ValueSet;
  return sets.every(
    (set) =>
      set.values.length === first.values.length &&
      set.values.every((item) => isMember(item, first, meter)),
  );
});

const isSubset: Operator = over('$setIsSubset', 2, 2, ([left, right], meter) => {
  const message = 'both operands of $setIsSubset must be arrays.';
  const part = arrayOf(left, 17046, `${message} First argument is of type: `);
  const whole = setOf(arrayOf(right, 17042, `${message} Second argument is of type: `), meter);
  return part.every((item) => isMember(item, whole, meter));
});

export const sets: OperatorTable = {
  $setUnion: union,
  $setIntersection: intersection,
  $setDifference: difference,
  $setEquals: equals,
  $setIsSubset: isSubset,
  $anyElementTrue: over('$anyElementTrue', 1, 1, ([value]) =>
    arrayOf(value, 17041, "$anyElementTrue's argument must be an array, but is ").some(isTrue),
  ),
  $allElementsTrue: over('$allElementsTrue', 1, 1, ([value]) =>
    arrayOf(value, 17040, "$allElementsTrue's argument must be an array, but is ").every(isTrue),
  ),
};
