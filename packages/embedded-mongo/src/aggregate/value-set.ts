import { Binary, ObjectId, Timestamp } from 'bson';
import { equalValues } from '../bson/compare.js';
import { isDoc, rankOf, toNumber } from '../bson/values.js';

/** Values by what MongoDB takes for equal: 1, 1.0 and a decimal 1 are one. */
export class ValueMap<T> {
  private readonly buckets = new Map<string, { key: unknown; value: T }[]>();

  get(key: unknown): T | undefined {
    return this.buckets.get(hashOf(key))?.find((entry) => isSame(entry.key, key))?.value;
  }

  /** For a key that is not in it yet. */
  add(key: unknown, value: T): void {
    const hash = hashOf(key);
    const bucket = this.buckets.get(hash);
    if (bucket === undefined) this.buckets.set(hash, [{ key, value }]);
    else bucket.push({ key, value });
  }
}

export class ValueSet {
  private readonly map = new ValueMap<true>();
  readonly values: unknown[] = [];

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

function isSame(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return left === right;
  return equalValues(left, right);
}

/** Equal values have equal hashes, and others hardly ever. */
function hashOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `s${value}`;
  const number = toNumber(value);
  if (number !== undefined) return `n${Object.is(number, -0) ? 0 : number}`;
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (value instanceof Date) return `d${value.getTime()}`;
  if (value instanceof Binary) return `b${value.toString('base64')}`;
  if (value instanceof Timestamp) return `t${value.toBigInt()}`;
  if (Array.isArray(value)) return `[${value.map(hashOf).join()}]`;
  if (!isDoc(value)) return `${rankOf(value)}${String(value === true)}`;
  return `{${Object.keys(value)
    .map((key) => `${key}:${hashOf(value[key])}`)
    .join()}}`;
}
