import { Long } from 'bson';
import { CommandError, notSupported } from '../../../errors.js';
import { type Doc, typeName } from '../../../bson/values.js';
import { wholeNumber } from '../../numbers.js';
import type { Evaluate, Operator, OperatorTable } from '../../scope.js';
import { isNullish, namedOperands, optionalPart } from '../arguments.js';
import { dateOf } from '../numbers/arithmetic.js';
import { DAY_MS, inZone, isDateLike, toDate } from './calendar.js';
import { zonePart } from './date-fields.js';
import { utc } from './iso-date.js';

/** How long each unit that has a length is, in milliseconds; the others are counted in months. */
const LENGTHS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
};
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const WEEK_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONG_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function unitOf(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new CommandError(
      5439013,
      `${name} requires 'unit' to be a string, but got ${typeName(value)}`,
    );
  }
  if (LENGTHS[value] === undefined && MONTHS[value] === undefined) {
    throw new CommandError(
      9,
      `${name} parameter 'unit' value parsing failed: unknown time unit value: ${value}`,
    );
  }
  return value;
}

function weekStart(name: string, value: unknown): number {
  if (typeof value !== 'string') {
    throw new CommandError(
      5439015,
      `${name} requires 'startOfWeek' to be a string, but got ${typeName(value)}`,
    );
  }
  const day = value.toLowerCase();
  const index = Math.max(WEEK_DAYS.indexOf(day), LONG_DAYS.indexOf(day));
  if (index < 0) {
    throw new CommandError(
      5439016,
      `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${value}`,
    );
  }
  return index;
}

/** A date some months on: on a shorter month's last day when it has no such day. */
function addMonths(date: Date, months: number): number {
  const total = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12;
  const last = utc(year, month + 1, 0).getUTCDate();
  const day = Math.min(date.getUTCDate(), last);
  return utc(year, month, day).getTime() + modulo(date.getTime(), DAY_MS);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

function shifting(name: string, sign: 1 | -1): Operator {
  return (argument, scope) => {
    const required = { startDate: 5166402, unit: 5166402, amount: 5166402 };
    const codes = { notObject: 5166400, unknown: 5166401 };
    const parts = namedOperands(name, argument, required, ['timezone'], codes);
    const [start, unit, amount] = ['startDate', 'unit', 'amount'].map((key) =>
      scope.parse(parts[key]),
    ) as [Evaluate, Evaluate, Evaluate];
    const zone = zonePart(scope, parts['timezone']);
    return (root) => {
      const [from, unitName, count] = [start(root), unit(root), amount(root)];
      if (isNullish(from) || isNullish(unitName)) return null;
      const of = unitOf(name, unitName);
      const offset = isNullish(count) ? null : zone(root);
      if (offset === null) return null;
      if (!isDateLike(from)) {
        throw new CommandError(5166403, `${name} requires startDate to be convertible to a date`);
      }
      const times = wholeNumber(count, 64);
      if (times === undefined) {
        throw new CommandError(5166405, `${name} expects integer amount of time units`);
      }
      return shift(toDate(from), of, sign * times, offset);
    };
  };
}

function shift(date: Date, unit: string, count: number, offset: number): Date {
  const length = LENGTHS[unit];
  if (length !== undefined) return dateOf(date.getTime() + count * length);
  const months = count * (MONTHS[unit] as number);
  return dateOf(addMonths(inZone(date, offset), months) - offset * 60_000);
}

/** Which unit since the epoch a moment is in: what two moments differ by are the bounds between. */
function unitIndex(date: Date, unit: string, firstDay: number): number {
  const months = MONTHS[unit];
  if (months !== undefined) {
    return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
  }
  if (unit !== 'week') return Math.floor(date.getTime() / (LENGTHS[unit] as number));
  // The epoch was a Thursday.
  return Math.floor((Math.floor(date.getTime() / DAY_MS) + modulo(4 - firstDay, 7)) / 7);
}

function weekPart(name: string, part: Evaluate | undefined) {
  return (root: Doc, unit: string): number | null => {
    if (unit !== 'week' || part === undefined) return 0;
    const value = part(root);
    return isNullish(value) ? null : weekStart(name, value);
  };
}

const dateDiff: Operator = (argument, scope) => {
  const required = { startDate: 5166303, endDate: 5166304, unit: 5166305 };
  const codes = { notObject: 5166301, unknown: 5166302 };
  const optional = ['timezone', 'startOfWeek'];
  const parts = namedOperands('$dateDiff', argument, required, optional, codes);
  const [start, end, unit] = Object.keys(required).map((key) => scope.parse(parts[key])) as [
    Evaluate,
    Evaluate,
    Evaluate,
  ];
  const zone = zonePart(scope, parts['timezone']);
  const week = weekPart('$dateDiff', optionalPart(scope, parts, 'startOfWeek'));
  return (root) => {
    const [from, to, unitName] = [start(root), end(root), unit(root)];
    if (isNullish(from) || isNullish(to) || isNullish(unitName)) return null;
    const of = unitOf('$dateDiff', unitName);
    const firstDay = week(root, of);
    const offset = firstDay === null ? null : zone(root);
    if (offset === null || firstDay === null) return null;
    const [first, last] = [from, to].map((value, i) => {
      if (isDateLike(value)) return inZone(toDate(value), offset);
      const which = i === 0 ? 'startDate' : 'endDate';
      throw new CommandError(
        5166307,
        `$dateDiff requires '${which}' to be a date, but got ${typeName(value)}`,
      );
    }) as [Date, Date];
    return Long.fromNumber(unitIndex(last, of, firstDay) - unitIndex(first, of, firstDay));
  };
};

const dateTrunc: Operator = (argument, scope) => {
  const codes = { notObject: 5439007, unknown: 5439008 };
  const optional = ['binSize', 'timezone', 'startOfWeek'];
  const required = { date: 5439009, unit: 5439010 };
  const parts = namedOperands('$dateTrunc', argument, required, optional, codes);
  if (parts['binSize'] !== undefined) {
    throw notSupported("$dateTrunc with 'binSize' is not supported by this server");
  }
  const date = scope.parse(parts['date']);
  const unit = scope.parse(parts['unit']);
  const zone = zonePart(scope, parts['timezone']);
  const week = weekPart('$dateTrunc', optionalPart(scope, parts, 'startOfWeek'));
  return (root) => {
    const value = date(root);
    const unitName = isNullish(value) ? null : unit(root);
    if (isNullish(unitName)) return null;
    const of = unitOf('$dateTrunc', unitName);
    const firstDay = week(root, of);
    const offset = firstDay === null ? null : zone(root);
    if (offset === null || firstDay === null) return null;
    if (!isDateLike(value)) {
      throw new CommandError(
        5439012,
        `$dateTrunc requires 'date' to be a date, but got ${typeName(value)}`,
      );
    }
    return dateOf(truncate(inZone(toDate(value), offset), of, firstDay) - offset * 60_000);
  };
};

function truncate(date: Date, unit: string, firstDay: number): number {
  const months = MONTHS[unit];
  if (months !== undefined) {
    const first = date.getUTCMonth() - (date.getUTCMonth() % months);
    return utc(date.getUTCFullYear(), first, 1).getTime();
  }
  const length = unit === 'week' ? DAY_MS : (LENGTHS[unit] as number);
  const start = date.getTime() - modulo(date.getTime(), length);
  return unit === 'week' ? start - modulo(date.getUTCDay() - firstDay, 7) * DAY_MS : start;
}

export const dateArithmetic: OperatorTable = {
  $dateAdd: shifting('$dateAdd', 1),
  $dateSubtract: shifting('$dateSubtract', -1),
  $dateDiff: dateDiff,
  $dateTrunc: dateTrunc,
};
