import { ObjectId } from 'bson';
import { decodeElement, findElement } from '../bson/raw.js';
import { type Doc, decode, setOwn } from '../bson/values.js';
import type { Test } from './filter-parser.js';
import type { Filter } from './filter.js';

/** Tests stored bytes: equality is compared in place, and only the fields that matter are decoded. */
export type RawMatch = (raw: Buffer) => boolean;

/** A field that must hold these very bytes, or, where it is an id, one of several. */
interface Equality {
  name: Buffer;
  type: number;
  isEqual: (raw: Buffer, start: number, end: number) => boolean;
}

const STRING = 0x02;
const OBJECT_ID = 0x07;
const BOOLEAN = 0x08;

export function rawMatcher(filter: Filter): RawMatch {
  const { roots } = filter;
  if (roots?.length === 0 && filter.isConjunction) return () => true;
  const general = generalMatcher(filter);
  const equalities = bytesToCompare(filter);
  if (equalities === undefined) return general;
  return (raw) => {
    for (const { name, type, isEqual } of equalities) {
      const element = findElement(raw, name);
      if (element === undefined) return false;
      // An array or another type may still hold or equal the value.
      if (element.type !== type) return general(raw);
      if (!isEqual(raw, element.valueStart, element.end)) return false;
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
function bytesToCompare(filter: Filter): Equality[] | undefined {
  if (!filter.isConjunction) return undefined;
  const all: Equality[] = [];
  for (const { path, test } of filter.conjunction) {
    const equality = path.length === 1 ? equalityOf(test) : undefined;
    if (equality === undefined) return undefined;
    all.push({ name: Buffer.from(path[0] as string), ...equality });
  }
  return all;
}

function equalityOf(test: Test): Omit<Equality, 'name'> | undefined {
  if (test.op === 'in') return test.patterns.length === 0 ? anyIdOf(test.values) : undefined;
  if (test.op !== 'eq') return undefined;
  const { value } = test;
  if (value instanceof ObjectId) return { type: OBJECT_ID, isEqual: bytesAre(value.id) };
  if (typeof value === 'boolean') {
    return { type: BOOLEAN, isEqual: bytesAre(Uint8Array.of(value ? 1 : 0)) };
  }
  if (typeof value !== 'string') return undefined;
  const text = Buffer.from(value);
  const bytes = Buffer.alloc(text.length + 5);
  bytes.writeInt32LE(text.length + 1);
  text.copy(bytes, 4);
  return { type: STRING, isEqual: bytesAre(bytes) };
}

function bytesAre(wanted: Uint8Array): Equality['isEqual'] {
  return (raw, start, end) => raw.compare(wanted, 0, wanted.length, start, end) === 0;
}

/** By looking it up: to compare each of many documents with each of as many ids takes seconds. */
function anyIdOf(values: readonly unknown[]): Omit<Equality, 'name'> | undefined {
  if (!values.every((value) => value instanceof ObjectId)) return undefined;
  const ids = new Set(values.map(({ id }) => Buffer.from(id).toString('latin1')));
  return {
    type: OBJECT_ID,
    isEqual: (raw, start, end) => ids.has(raw.toString('latin1', start, end)),
  };
}
