import { CommandError, notSupported } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import type { Meter } from '../../meter.js';
import type { Operator, OperatorTable } from '../../scope.js';
import { isNullish, namedOperands, optionalPart } from '../arguments.js';
import { dayOfYear, inZone, isoDay, isoWeek, toDate, weekOfYear } from './calendar.js';
import { zonePart } from './date-fields.js';
import { parseIsoDate } from './iso-date.js';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const FORMATS: Readonly<Record<string, (date: Date, offset: number) => string>> = {
  '%': () => '%',
  B: (date) => MONTHS[date.getUTCMonth()] as string,
  b: (date) => (MONTHS[date.getUTCMonth()] as string).slice(0, 3),
  d: (date) => pad(date.getUTCDate(), 2),
  G: (date) => pad(isoWeek(date).year, 4),
  H: (date) => pad(date.getUTCHours(), 2),
  j: (date) => pad(dayOfYear(date), 3),
  L: (date) => pad(date.getUTCMilliseconds(), 3),
  M: (date) => pad(date.getUTCMinutes(), 2),
  m: (date) => pad(date.getUTCMonth() + 1, 2),
  S: (date) => pad(date.getUTCSeconds(), 2),
  U: (date) => pad(weekOfYear(date), 2),
  u: (date) => String(isoDay(date)),
  V: (date) => pad(isoWeek(date).week, 2),
  w: (date) => String(date.getUTCDay() + 1),
  Y: (date) => pad(date.getUTCFullYear(), 4),
  z: (_date, offset) =>
    `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60), 2)}${pad(Math.abs(offset) % 60, 2)}`,
};

function checkFormat(format: unknown, meter: Meter): string {
  if (typeof format !== 'string') {
    throw new CommandError(
      18533,
      `$dateToString requires that 'format' be a string, found: ${typeName(format)}`,
    );
  }
  for (const [directive, letter] of format.matchAll(/%(.?)/gs)) {
    meter.step();
    if (letter === '') throw new CommandError(18535, "Unmatched '%' at end of format string");
    if (letter === 'Z') throw notSupported('The format %Z is not supported by this server');
    if (FORMATS[letter as string] === undefined) {
      throw new CommandError(18536, `Invalid format character '${directive}' in format string`);
    }
  }
  return format;
}

function formatDate(format: string, date: Date, offset: number): string {
  const local = inZone(date, offset);
  const year = local.getUTCFullYear();
  if (year < 0 || year > 9999) {
    throw new CommandError(
      18537,
      `$dateToString is only defined on year 0-9999, tried to use year ${year}`,
    );
  }
  return format.replace(/%(.)/g, (_all, letter: string) =>
    (FORMATS[letter] as (typeof FORMATS)[string])(local, offset),
  );
}

const dateToString: Operator = (argument, scope) => {
  const optional = ['format', 'timezone', 'onNull'];
  const codes = { notObject: 18629, unknown: 18534 };
  const parts = namedOperands('$dateToString', argument, { date: 18628 }, optional, codes);
  const date = scope.parse(parts['date']);
  const zone = zonePart(scope, parts['timezone']);
  const format = optionalPart(scope, parts, 'format');
  const onNull = optionalPart(scope, parts, 'onNull');
  const { meter } = scope;
  return (root) => {
    const value = date(root);
    const given = format?.(root);
    if (!isNullish(given)) {
      meter.read(given);
      checkFormat(given, meter);
    }
    const offset = zone(root);
    if (isNullish(value)) return onNull === undefined ? null : onNull(root);
    if (offset === null || (format !== undefined && isNullish(given))) return null;
    const standard = `%Y-%m-%dT%H:%M:%S.%L${offset === 0 ? 'Z' : ''}`;
    const text = formatDate(
      given === undefined ? standard : (given as string),
      toDate(value),
      offset,
    );
    meter.charge(text.length);
    return text;
  };
};

const dateFromString: Operator = (argument, scope) => {
  const optional = ['format', 'timezone', 'onError', 'onNull'];
  const codes = { notObject: 40540, unknown: 40541 };
  const required = { dateString: 40542 };
  const parts = namedOperands('$dateFromString', argument, required, optional, codes);
  if (parts['format'] !== undefined) {
    throw notSupported("$dateFromString with 'format' is not supported by this server");
  }
  const text = scope.parse(parts['dateString']);
  const zone = zonePart(scope, parts['timezone']);
  const onError = optionalPart(scope, parts, 'onError');
  const onNull = optionalPart(scope, parts, 'onNull');
  const { meter } = scope;
  return (root) => {
    const value = text(root);
    meter.read(value);
    const offset = zone(root);
    if (isNullish(value)) return onNull === undefined ? null : onNull(root);
    try {
      if (typeof value !== 'string') {
        throw new CommandError(
          241,
          `$dateFromString requires that 'dateString' be a string, found: ${typeName(value)}`,
        );
      }
      return offset === null ? null : parseIsoDate(value, offset);
    } catch (error) {
      const failed = error instanceof CommandError && error.code === 241;
      if (failed && onError !== undefined) return onError(root);
      throw error;
    }
  };
};

export const dateTexts: OperatorTable = {
  $dateToString: dateToString,
  $dateFromString: dateFromString,
};
