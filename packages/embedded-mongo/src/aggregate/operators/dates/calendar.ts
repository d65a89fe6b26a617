import { ObjectId, Timestamp } from 'bson';
import { CommandError, notSupported } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import { isNullish } from '../arguments.js';
import { parseOffset, utc } from './iso-date.js';

export const DAY_MS = 86_400_000;

/** A zone as minutes east of UTC: zones that change with the seasons are not known here. */
export function zoneOf(value: unknown): number | null {
  if (isNullish(value)) return null;
  if (typeof value !== 'string') {
    throw new CommandError(40517, `timezone must evaluate to a string, found ${typeName(value)}`);
  }
  if (value === 'UTC' || value === 'GMT' || value === 'Etc/UTC') return 0;
  const offset = parseOffset(value);
  if (offset !== undefined) return offset;
  if (/^[A-Z][A-Za-z]+(\/[A-Za-z_+-]+)*\d*$/.test(value)) {
    throw notSupported(`The time zone "${value}" is not supported by this server: use an offset`);
  }
  throw new CommandError(40485, `unrecognized time zone identifier: "${value}"`);
}

export function isDateLike(value: unknown): boolean {
  return value instanceof Date || value instanceof ObjectId || value instanceof Timestamp;
}

/** What date operators read: a date, a timestamp or an ObjectId. */
export function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.getHighBitsUnsigned() * 1000);
  throw new CommandError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

/** A date whose UTC fields are those of the zone. */
export const inZone = (date: Date, offset: number): Date =>
  new Date(date.getTime() + offset * 60_000);

/** From 1 for 1 January. */
export function dayOfYear(date: Date): number {
  const start = utc(date.getUTCFullYear(), 0, 1).getTime();
  return Math.floor((date.getTime() - start) / DAY_MS) + 1;
}

/** From 0: weeks start on Sunday, and the days before a year's first Sunday are in week 0. */
export const weekOfYear = (date: Date): number =>
  Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7);

/** 1 for Monday up to 7. */
export const isoDay = (date: Date): number => date.getUTCDay() || 7;

/** ISO weeks start on Monday, and week 1 is the one with the year's first Thursday. */
export function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime() + (4 - isoDay(date)) * DAY_MS);
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}
