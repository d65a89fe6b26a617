import { ObjectId } from 'bson';
import { decodeElement, findElement } from '../bson/raw.js';
import { type Doc, decode, setOwn } from '../bson/values.js';
import type { Filter } from './filter.js';

/** Tests stored bytes: equality is compared in place, and only the fields that matter are decoded. */
export type RawMatch = (raw: Buffer) => boolean;

interface Bytes {
  name: Buffer;
  type: number;
  value: Buffer;
}

export function rawMatcher(filter: Filter): RawMatch {
  const { roots } = filter;
  if (roots?.length === 0 && filter.isConjunction) return () => true;
  const general = generalMatcher(filter);
  const equalities = bytesToCompare(filter);
  if (equalities === undefined) return general;
  return (raw) => {
    for (const { name, type, value } of equalities) {
      const element = findElement(raw, name);
      if (element === undefined) return false;
      // An array or another type may still hold or equal the value.
      if (element.type !== type) return general(raw);
      if (raw.compare(value, 0, value.length, element.valueStart, element.end) !== 0) return false;
    }
    return true;
  };
}

function generalMatcher(filter: Filter): RawMatch {
  const { roots } = filter;
  if (roots === undefined) return (raw) => filter.matches(decode(raw));
  const names = roots.map((root) => Buffer.from(root));
  return (raw) => {
    const doc: Doc = {};
    names.forEach((name, i) => {
      const element = findElement(raw, name);
      if (element !== undefined) setOwn(doc, roots[i] as string, decodeElement(raw, element));
    });
    return filter.matches(doc);
  };
}

/** Set when the whole filter is equality with values that are equal only as bytes. */
function bytesToCompare(filter: Filter): Bytes[] | undefined {
  if (!filter.isConjunction) return undefined;
  const all: Bytes[] = [];
  for (const { path, test } of filter.conjunction) {
    if (path.length !== 1 || test.op !== 'eq') return undefined;
    const bytes = bytesOf(test.value);
    if (bytes === undefined) return undefined;
    all.push({ name: Buffer.from(path[0] as string), ...bytes });
  }
  return all;
}

function bytesOf(value: unknown): { type: number; value: Buffer } | undefined {
  if (value instanceof ObjectId) return { type: 0x07, value: Buffer.from(value.id) };
  if (typeof value === 'boolean') return { type: 0x08, value: Buffer.from([value ? 1 : 0]) };
  if (typeof value !== 'string') return undefined;
  const text = Buffer.from(value);
  const bytes = Buffer.alloc(text.length + 5);
  bytes.writeInt32LE(text.length + 1);
  text.copy(bytes, 4);
  return { type: 0x02, value: bytes };
}
