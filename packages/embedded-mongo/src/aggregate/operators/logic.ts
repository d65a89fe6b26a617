import { CommandError } from '../../errors.js';
import { isDoc, isNumeric, toNumber } from '../../bson/values.js';
import type { Evaluate, Operator, OperatorTable } from '../scope.js';
import { isNullish, namedOperands, operands, over } from './arguments.js';

/** What counts as true: all but false, null, missing and zero. */
export function isTrue(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumeric(value) || toNumber(value) !== 0;
}

const COND = new Map([
  ['if', 17080],
  ['then', 17081],
  ['else', 17082],
]);
const BRANCH = new Map([
  ['case', 40064],
  ['then', 40065],
]);

const cond: Operator = (argument, scope) => {
  const parts = isDoc(argument) ? namedParts(argument) : operands('$cond', argument, 3);
  const [test, then, otherwise] = parts.map((part) => scope.parse(part)) as [
    Evaluate,
    Evaluate,
    Evaluate,
  ];
  return (root) => (isTrue(test(root)) ? then(root) : otherwise(root));
};

function namedParts(argument: unknown): unknown[] {
  const named = namedOperands('$cond', argument, COND, [], {
    notObject: 17083,
    unknown: 17083,
  });
  return [named['if'], named['then'], named['else']];
}

const ifNull: Operator = (argument, scope) => {
  if (!Array.isArray(argument) || argument.length < 2) {
    throw new CommandError(1257300, '$ifNull needs at least two arguments');
  }
  const parts = argument.map((part) => scope.parse(part));
  return (root) => {
    let value: unknown;
    for (const part of parts) {
      value = part(root);
      if (!isNullish(value)) break;
    }
    return value;
  };
};

const switchCase: Operator = (argument, scope) => {
  const spec = namedOperands('$switch', argument, { branches: 40068 }, ['default'], {
    notObject: 40060,
    unknown: 40067,
  });
  const list = spec['branches'];
  if (!Array.isArray(list)) {
    throw new CommandError(40061, "$switch expected an array for 'branches'");
  }
  if (list.length === 0) throw new CommandError(40068, '$switch requires at least one branch.');
  const branches = list.map((branch) => {
    const codes = { notObject: 40062, unknown: 40063 };
    const parts = namedOperands('$switch', branch, BRANCH, [], codes);
    return { test: scope.parse(parts['case']), result: scope.parse(parts['then']) };
  });
  const otherwise = spec['default'] === undefined ? undefined : scope.parse(spec['default']);
  return (root) => {
    for (const { test, result } of branches) if (isTrue(test(root))) return result(root);
    if (otherwise !== undefined) return otherwise(root);
    throw new CommandError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
};

const all: Operator = (argument, scope) => {
  const parts = operands('$and', argument, 0, Infinity).map((part) => scope.parse(part));
  return (root) => parts.every((part) => isTrue(part(root)));
};

const any: Operator = (argument, scope) => {
  const parts = operands('$or', argument, 0, Infinity).map((part) => scope.parse(part));
  return (root) => parts.some((part) => isTrue(part(root)));
};

export const logic: OperatorTable = {
  $and: all,
  $or: any,
  $not: over('$not', 1, 1, ([value]) => !isTrue(value)),
  $cond: cond,
  $ifNull: ifNull,
  $switch: switchCase,
};
