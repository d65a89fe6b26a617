import { CommandError } from '../../../errors.js';
import { typeName } from '../../../bson/values.js';
import { wholeNumber } from '../../numbers.js';
import type { Evaluate, Operator, OperatorTable } from '../../scope.js';
import { isNullish, namedOperands, optionalPart } from '../arguments.js';
import { dateOf } from '../numbers/arithmetic.js';
import { DAY_MS, isoDay } from './calendar.js';
import { zonePart } from './date-fields.js';
import { utc } from './iso-date.js';

const CLOCK = ['hour', 'minute', 'second', 'millisecond'];
const ISO = ['isoWeek', 'isoDayOfWeek'];
const CIVIL = ['month', 'day'];
/** Parts that may be any number; the others fit 16 bits. */
const WIDE = new Set(['year', 'isoWeekYear', 'second', 'millisecond']);

const dateFromParts: Operator = (argument, scope) => {
  const optional = ['year', 'isoWeekYear', 'timezone', ...CLOCK, ...ISO, ...CIVIL];
  const codes = { notObject: 40519, unknown: 40518 };
  const spec = namedOperands('$dateFromParts', argument, {}, optional, codes);
  const isIso = spec['isoWeekYear'] !== undefined;
  if (!isIso && spec['year'] === undefined) {
    throw new CommandError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear'");
  }
  const mixed = (isIso ? ['year', ...CIVIL] : ISO).find((key) => spec[key] !== undefined);
  if (mixed !== undefined) {
    throw new CommandError(
      isIso ? 40489 : 40525,
      `$dateFromParts does not allow mixing natural dates with ISO dates: ${mixed}`,
    );
  }
  const names = [isIso ? 'isoWeekYear' : 'year', ...(isIso ? ISO : CIVIL), ...CLOCK];
  const parts = names.map((name) => optionalPart(scope, spec, name));
  const zone = zonePart(scope, spec['timezone']);
  return (root) => {
    const numbers = names.map((name, i) => partNumber(name, parts[i], root));
    const offset = numbers.includes(null) ? null : zone(root);
    if (offset === null) return null;
    const [year, second, third, ...clock] = numbers as number[];
    checkYear(names[0] as string, year as number);
    const day = isIso
      ? isoStart(year as number) +
        ((second as number) - 1) * 7 * DAY_MS +
        ((third as number) - 1) * DAY_MS
      : utc(year as number, (second as number) - 1, third as number).getTime();
    const [hour, minute, seconds, milliseconds] = clock as [number, number, number, number];
    return dateOf(day + ((hour * 60 + minute - offset) * 60 + seconds) * 1000 + milliseconds);
  };
};

/** The Monday of the ISO year's first week, which 4 January is in. */
function isoStart(year: number): number {
  const fourth = utc(year, 0, 4);
  return fourth.getTime() - (isoDay(fourth) - 1) * DAY_MS;
}

function partNumber(
  name: string,
  part: Evaluate | undefined,
  root: Parameters<Evaluate>[0],
): number | null {
  if (part === undefined) return CLOCK.includes(name) ? 0 : 1;
  const value = part(root);
  if (isNullish(value)) return null;
  const number = wholeNumber(value, 64);
  if (number === undefined) {
    throw new CommandError(
      40515,
      `'${name}' must evaluate to an integer, found ${typeName(value)}`,
    );
  }
  if (!WIDE.has(name) && (number < -32_768 || number > 32_767)) {
    throw new CommandError(
      31034,
      `'${name}' must evaluate to a value in the range [-32768, 32767]; value ${number} is not in range`,
    );
  }
  return number;
}

function checkYear(name: string, year: number): void {
  if (year >= 1 && year <= 9999) return;
  throw new CommandError(
    name === 'year' ? 40523 : 31095,
    `'${name}' must evaluate to an integer in the range 1 to 9999, found ${year}`,
  );
}

export const dateParts: OperatorTable = { $dateFromParts: dateFromParts };
