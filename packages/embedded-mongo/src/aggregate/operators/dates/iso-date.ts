import { CommandError, notSupported } from '../../../errors.js';

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.](\d{1,3})\d*)?)?(Z|[+-]\d\d:?(?:\d\d)?)?)?$/;

/**
 * A date written as ISO 8601. MongoDB reads many more forms ("July 4th, 2018"), which are refused
 * here rather than guessed at.
 *
 * @param offset minutes east of UTC, for a text that names no zone
 */
export function parseIsoDate(text: string, offset: number): Date {
  const match = ISO.exec(text);
  if (match === null) {
    if (/\d/.test(text)) {
      throw notSupported('Only dates of the form 2024-02-29T12:34:56.789Z are supported');
    }
    throw new CommandError(241, `Error parsing date string '${text}'`);
  }
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const parts = [year, month, day, hour, minute, second].map((part) => Number(part ?? 0));
  const [y, mo, d, h, mi, s] = parts as [number, number, number, number, number, number];
  const date = utc(y, mo - 1, d);
  const valid = date.getUTCMonth() === mo - 1 && date.getUTCDate() === d;
  if (!valid || h > 23 || mi > 59 || s > 59) {
    throw new CommandError(241, `Error parsing date string '${text}'`);
  }
  const milliseconds = Number((fraction ?? '').padEnd(3, '0'));
  const minutes = h * 60 + mi - (zone === undefined ? offset : zoneOffset(zone));
  return new Date(date.getTime() + (minutes * 60 + s) * 1000 + milliseconds);
}

/** Years under 100 are meant as they are written. */
export function utc(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date;
}

function zoneOffset(zone: string): number {
  return zone === 'Z' ? 0 : (parseOffset(zone) ?? 0);
}

/** Minutes east of UTC of "+02", "+0200" or "+02:00". */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}
