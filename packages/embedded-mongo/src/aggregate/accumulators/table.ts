import { Int32 } from 'bson';
import { compareValues } from '../../bson/compare.js';
import { CommandError, notSupported } from '../../errors.js';
import { type Doc, hasOwn, isDoc } from '../../bson/values.js';
import type { Kept } from '../kept.js';
import type { Meter } from '../meter.js';
import { isNum, toDouble, kindOf, Kind } from '../numbers.js';
import { isNullish } from '../operators/arguments.js';
import { mergeInto } from '../operators/objects.js';
import { sizeOf } from '../size.js';
import { ValueSet } from '../value-set.js';
import { Deviation, Summation } from './summation.js';

/** Takes one value after another; missing ones as well. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

interface AccumulatorContext {
  meter: Meter;
  /** What its stage keeps, all groups together; an expression keeps nothing. */
  kept?: Kept;
}

export type MakeAccumulator = (context: AccumulatorContext) => Accumulator;

const MAX_BYTES = 100 * 1024 * 1024;

/** What grows with the number of values has MongoDB's bound. */
class Room {
  private bytes = 0;

  constructor(
    private readonly name: string,
    private readonly kept: Kept | undefined,
  ) {}

  take(value: unknown): void {
    this.bytes += sizeOf(value, MAX_BYTES);
    if (this.bytes > MAX_BYTES) {
      throw new CommandError(
        146,
        `${this.name} used too much memory and cannot spill to disk. Memory limit: ${MAX_BYTES} bytes`,
      );
    }
    this.kept?.take(value);
  }
}

function summing(read: (sum: Summation) => unknown): MakeAccumulator {
  return () => {
    const sum = new Summation();
    return {
      add: (value) => {
        if (isNum(value)) sum.add(value);
      },
      result: () => read(sum),
    };
  };
}

function deviation(name: string, isSample: boolean): MakeAccumulator {
  return () => {
    const state = new Deviation(isSample);
    return {
      add: (value) => {
        if (!isNum(value)) return;
        if (kindOf(value) === Kind.Decimal) {
          throw notSupported(`${name} of decimals is not supported by this server`);
        }
        state.add(toDouble(value));
      },
      result: () => state.value,
    };
  };
}

/** The least value, or the greatest: null and missing are no values. */
function extreme(sign: 1 | -1): MakeAccumulator {
  return ({ meter, kept }) => {
    let best: unknown = null;
    return {
      add: (value) => {
        if (isNullish(value)) return;
        if (best !== null && compareValues(value, best, meter) * sign <= 0) return;
        if (best !== null) kept?.drop(best);
        kept?.take(value);
        best = value;
      },
      result: () => best,
    };
  };
}

function first({ kept }: AccumulatorContext): Accumulator {
  let value: unknown;
  let seen = false;
  return {
    add: (next) => {
      if (seen) return;
      kept?.take(next);
      value = next;
      seen = true;
    },
    result: () => value,
  };
}

function last({ kept }: AccumulatorContext): Accumulator {
  let value: unknown;
  return {
    add: (next) => {
      if (value !== undefined) kept?.drop(value);
      if (next !== undefined) kept?.take(next);
      value = next;
    },
    result: () => value,
  };
}

function push({ kept }: AccumulatorContext): Accumulator {
  const values: unknown[] = [];
  const room = new Room('$push', kept);
  return {
    add: (value) => {
      if (value === undefined) return;
      room.take(value);
      values.push(value);
    },
    result: () => values,
  };
}

function addToSet({ meter, kept }: AccumulatorContext): Accumulator {
  const set = new ValueSet(meter);
  const room = new Room('$addToSet', kept);
  return {
    add: (value) => {
      if (value !== undefined && set.add(value)) room.take(value);
    },
    result: () => set.values,
  };
}

function mergeObjects({ kept }: AccumulatorContext): Accumulator {
  const merged: Doc = {};
  return {
    add: (value) => {
      if (isDoc(value)) {
        for (const key of Object.keys(value)) {
          if (hasOwn(merged, key)) kept?.drop(merged[key]);
          else kept?.take(key);
          kept?.take(value[key]);
        }
      }
      mergeInto(merged, value);
    },
    result: () => merged,
  };
}

function counting(): Accumulator {
  let count = 0;
  return { add: () => count++, result: () => new Int32(count) };
}

/** Those that are expressions as well. */
export const SHARED: Readonly<Record<string, MakeAccumulator>> = {
  $avg: summing((sum) => sum.average),
  $max: extreme(1),
  $min: extreme(-1),
  $stdDevPop: deviation('$stdDevPop', false),
  $stdDevSamp: deviation('$stdDevSamp', true),
  $sum: summing((sum) => sum.total),
};

const ACCUMULATORS = new Map<string, MakeAccumulator>(
  Object.entries({
    ...SHARED,
    $addToSet: addToSet,
    $count: counting,
    $first: first,
    $last: last,
    $mergeObjects: mergeObjects,
    $push: push,
  }),
);

const OTHERS = new Set(
  '$accumulator $bottom $bottomN $concatArrays $covariancePop $covarianceSamp $firstN $lastN $maxN $median $minN $percentile $setUnion $top $topN'.split(
    ' ',
  ),
);

export interface AccumulatorSpec {
  make: MakeAccumulator;
  argument: unknown;
}

/** Reads `{$sum: <expression>}` of a `$group`'s field. */
export function parseAccumulator(field: string, spec: unknown): AccumulatorSpec {
  if (!isDoc(spec) || Object.keys(spec).length === 0) {
    throw new CommandError(40234, `The field '${field}' must be an accumulator object`);
  }
  const [name, ...rest] = Object.keys(spec) as [string, ...string[]];
  if (rest.length > 0) {
    throw new CommandError(40238, `The field '${field}' must specify one accumulator`);
  }
  if (!name.startsWith('$')) {
    throw new CommandError(40234, `The field '${field}' must be an accumulator object`);
  }
  const make = ACCUMULATORS.get(name);
  if (make === undefined) {
    if (OTHERS.has(name)) throw notSupported(`${name} is not supported by this server`);
    throw new CommandError(15952, `unknown group operator '${name}'`);
  }
  const argument = spec[name];
  if (name === '$count') {
    if (!isDoc(argument) || Object.keys(argument).length > 0) {
      throw new CommandError(2, '$count takes no arguments, i.e. $count:{}');
    }
    return { make, argument: null };
  }
  if (!Array.isArray(argument)) return { make, argument };
  if (argument.length !== 1) {
    throw new CommandError(40237, `The ${name} accumulator is a unary operator`);
  }
  return { make, argument: argument[0] };
}
