import { Int32, Long } from 'bson';
import { isDoc } from '../../../bson/values.js';
import { CommandError } from '../../../errors.js';
import type { Evaluate, Operator, OperatorTable, Scope } from '../../scope.js';
import { isNullish, namedOperands, operands, optionalPart } from '../arguments.js';
import { dayOfYear, inZone, isoDay, isoWeek, toDate, weekOfYear, zoneOf } from './calendar.js';

/** The offset in minutes that an operand gives; null when it gives none. */
export function zonePart(
  scope: Scope,
  timezone: unknown,
): (...root: Parameters<Evaluate>) => number | null {
  if (timezone === undefined) return () => 0;
  const part = scope.parse(timezone);
  return (root) => zoneOf(part(root));
}

function field(name: string, read: (date: Date) => unknown): [string, Operator] {
  return [
    name,
    (argument, scope) => {
      const isNamed = isDoc(argument) && !Object.keys(argument)[0]?.startsWith('$');
      const codes = { notObject: 40535, unknown: 40535 };
      const parts = isNamed
        ? namedOperands(name, argument, { date: 40539 }, ['timezone'], codes)
        : { date: operands(name, argument, 1)[0] };
      const date = scope.parse(parts['date']);
      const zone = zonePart(scope, parts['timezone']);
      return (root) => {
        const value = date(root);
        if (isNullish(value)) return null;
        const when = toDate(value);
        const offset = zone(root);
        return offset === null ? null : read(inZone(when, offset));
      };
    },
  ];
}

const int = (name: string, read: (date: Date) => number): [string, Operator] =>
  field(name, (date) => new Int32(read(date)));

const dateToParts: Operator = (argument, scope) => {
  const codes = { notObject: 40524, unknown: 40520 };
  const optional = ['timezone', 'iso8601'];
  const parts = namedOperands('$dateToParts', argument, { date: 40522 }, optional, codes);
  const date = scope.parse(parts['date']);
  const zone = zonePart(scope, parts['timezone']);
  const iso = optionalPart(scope, parts, 'iso8601') ?? (() => false);
  return (root) => {
    const value = date(root);
    const offset = zone(root);
    const isIso = iso(root);
    if (offset === null || isNullish(isIso)) return null;
    if (typeof isIso !== 'boolean') {
      throw new CommandError(40521, 'iso8601 must evaluate to a bool');
    }
    if (isNullish(value)) return null;
    const when = inZone(toDate(value), offset);
    const week = isoWeek(when);
    const day = isIso
      ? { isoWeekYear: week.year, isoWeek: week.week, isoDayOfWeek: isoDay(when) }
      : {
          year: when.getUTCFullYear(),
          month: when.getUTCMonth() + 1,
          day: when.getUTCDate(),
        };
    const fields = {
      ...day,
      hour: when.getUTCHours(),
      minute: when.getUTCMinutes(),
      second: when.getUTCSeconds(),
      millisecond: when.getUTCMilliseconds(),
    };
    return Object.fromEntries(
      Object.entries(fields).map(([key, number]) => [key, new Int32(number)]),
    );
  };
};

export const dateFields: OperatorTable = {
  $dateToParts: dateToParts,
  ...Object.fromEntries([
    int('$year', (date) => date.getUTCFullYear()),
    int('$month', (date) => date.getUTCMonth() + 1),
    int('$dayOfMonth', (date) => date.getUTCDate()),
    int('$dayOfYear', dayOfYear),
    int('$dayOfWeek', (date) => date.getUTCDay() + 1),
    int('$hour', (date) => date.getUTCHours()),
    int('$minute', (date) => date.getUTCMinutes()),
    int('$second', (date) => date.getUTCSeconds()),
    int('$millisecond', (date) => date.getUTCMilliseconds()),
    int('$week', weekOfYear),
    int('$isoDayOfWeek', isoDay),
    int('$isoWeek', (date) => isoWeek(date).week),
    field('$isoWeekYear', (date) => Long.fromNumber(isoWeek(date).year)),
  ]),
};
