import { CommandError } from '../../errors.js';
import { type Doc, isDoc } from '../../bson/values.js';
import type { Meter } from '../meter.js';
import type { Evaluate, Operator, Scope } from '../scope.js';

export const isNullish = (value: unknown): value is null | undefined =>
  value === null || value === undefined;

/** The operands of an operator that takes a list; one alone need not be in a list. */
export function operands(name: string, argument: unknown, least: number, most = least): unknown[] {
  const list = Array.isArray(argument) ? argument : [argument];
  if (list.length < least || list.length > most) {
    throw least === most
      ? new CommandError(
          16020,
          `Expression ${name} takes exactly ${least} arguments. ${list.length} were passed in.`,
        )
      : new CommandError(
          28667,
          `Expression ${name} takes at least ${least} arguments, and at most ${most}, but ${list.length} were passed in.`,
        );
  }
  return list;
}

/** An operator over the values of all its operands. */
export function over(
  name: string,
  least: number,
  most: number,
  compute: (values: unknown[], meter: Meter) => unknown,
): Operator {
  return (argument, scope) => {
    const parts = operands(name, argument, least, most).map((part) => scope.parse(part));
    const { meter } = scope;
    return (root) => {
      const values = parts.map((part) => part(root));
      for (const value of values) meter.read(value);
      const value = compute(values, meter);
      if (typeof value === 'string') meter.charge(value.length);
      return value;
    };
  };
}

/** An operator of one operand that is null when its operand is null or missing. */
export function ofOne(
  name: string,
  compute: (value: unknown, meter: Meter) => unknown,
): [string, Operator] {
  const orNull = ([value]: unknown[], meter: Meter): unknown =>
    isNullish(value) ? null : compute(value, meter);
  return [name, over(name, 1, 1, orNull)];
}

interface NamedCodes {
  notObject: number;
  unknown: number;
}

/** The named operands of an operator such as `{$filter: {input, cond}}`, not yet compiled. */
export function namedOperands(
  name: string,
  argument: unknown,
  required: Readonly<Record<string, number>> | ReadonlyMap<string, number>,
  optional: readonly string[],
  codes: NamedCodes,
): Doc {
  if (!isDoc(argument)) {
    throw new CommandError(codes.notObject, `${name} only supports an object as its argument`);
  }
  const needed = required instanceof Map ? required : new Map(Object.entries(required));
  for (const key of Object.keys(argument)) {
    if (!needed.has(key) && !optional.includes(key)) {
      throw new CommandError(codes.unknown, `Unrecognized argument to ${name}: ${key}`);
    }
  }
  for (const [key, code] of needed) {
    if (argument[key] === undefined) {
      throw new CommandError(code, `Missing '${key}' parameter to ${name}`);
    }
  }
  return argument;
}

/** Compiles an operand that may be left out, in which case it is missing. */
export function optionalPart(scope: Scope, argument: Doc, key: string): Evaluate | undefined {
  return argument[key] === undefined ? undefined : scope.parse(argument[key]);
}
