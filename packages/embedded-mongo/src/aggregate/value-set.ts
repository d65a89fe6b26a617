import { createHash } from 'node:crypto';
import { BSONRegExp, BSONSymbol, Binary, Code, Decimal128, Long, ObjectId, Timestamp } from 'bson';
import { type Steps, equalValues } from '../bson/compare.js';
import { type Decimal, compareFinite, exactly, readDecimal } from '../bson/decimal.js';
import { isDoc, rankOf, toNumber } from '../bson/values.js';

interface Entry<T> {
  key: unknown;
  value: T;
  /** Another one of the same hash. */
  next: Entry<T> | undefined;
}

/** Values by what MongoDB takes for equal: 1, 1.0 and a decimal 1 are one. */
export class ValueMap<T> {
  private readonly entries = new Map<string | number, Entry<T>>();

  /** @param steps bounds the time that a single value may take */
  constructor(private readonly steps?: Steps) {}

  get(key: unknown): T | undefined {
    let entry = this.entries.get(hashOf(key, this.steps));
    while (entry !== undefined && !isSame(entry.key, key, this.steps)) entry = entry.next;
    return entry?.value;
  }

  /** For a key that is not in it yet. */
  add(key: unknown, value: T): void {
    const hash = hashOf(key, this.steps);
    this.entries.set(hash, { key, value, next: this.entries.get(hash) });
  }
}

export class ValueSet {
  private readonly map: ValueMap<true>;
  readonly values: unknown[] = [];

  /** @param steps bounds the time that a single value may take */
  constructor(steps?: Steps) {
    this.map = new ValueMap(steps);
  }

  has(value: unknown): boolean {
    return this.map.get(value) === true;
  }

  /** True when it is new. */
  add(value: unknown): boolean {
    if (this.has(value)) return false;
    this.map.add(value, true);
    this.values.push(value);
    return true;
  }
}

function isSame(left: unknown, right: unknown, steps?: Steps): boolean {
  if (left === undefined || right === undefined) return left === right;
  return equalValues(left, right, steps);
}

/** Equal values have equal hashes, and others hardly ever, whatever a client chooses. */
function hashOf(value: unknown, steps?: Steps): string | number {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `s${hashOfText(value, steps)}`;
  const number = toNumber(value);
  if (number !== undefined) return hashOfNumber(value, number);
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (value instanceof Date) return `d${value.getTime()}`;
  if (value instanceof Binary) return `b${value.toString('base64')}`;
  if (value instanceof Timestamp) return `t${value.toBigInt()}`;
  if (value instanceof BSONSymbol) return `s${hashOfText(value.value, steps)}`;
  if (value instanceof BSONRegExp) return `r${value.options}/${value.pattern}`;
  if (value instanceof Code) return `c${value.code}`;
  steps?.read(value);
  if (Array.isArray(value)) return `[${value.map((item) => hashOf(item, steps)).join()}]`;
  if (!isDoc(value)) return `${rankOf(value)}${String(value === true)}`;
  return `{${Object.keys(value)
    .map((key) => `${key}:${hashOf(value[key], steps)}`)
    .join()}}`;
}

/** A text that stands many times in one value would make its hash longer than a text may be. */
const LONG_TEXT = 1_024;

function hashOfText(text: string, steps?: Steps): string {
  if (text.length < LONG_TEXT) return text;
  steps?.read(text);
  return createHash('sha256').update(text).digest('base64');
}

/** By the double it is, or else by all its digits: many longs and decimals round to one double. */
function hashOfNumber(value: unknown, rounded: number): string | number {
  if (value instanceof Decimal128) {
    const exact = readDecimal(value);
    const isRounded =
      exact.kind === 'finite' &&
      (!Number.isFinite(rounded) || compareFinite(exact, exactly(rounded)) !== 0);
    if (isRounded) return hashOfDigits(exact);
  }
  if (!Number.isFinite(rounded) || Math.abs(rounded) < 2 ** 53) return rounded;
  return `n${value instanceof Long ? value.toString() : BigInt(rounded)}`;
}

const MOST_DIGITS_OF_LONG = 19;

function hashOfDigits({ negative, coefficient, exponent }: Decimal): string {
  let digits = coefficient.toString().replace(/0+$/, '');
  const power = exponent + coefficient.toString().length - digits.length;
  const isWhole = power >= 0 && digits.length + power <= MOST_DIGITS_OF_LONG;
  if (isWhole) digits = digits.padEnd(digits.length + power, '0');
  return `n${negative ? '-' : ''}${digits}${isWhole ? '' : `e${power}`}`;
}
