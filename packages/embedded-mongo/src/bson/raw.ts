import { isUtf8 } from 'node:buffer';
import { Double, Int32, ObjectId, deserialize } from 'bson';
import { CommandError } from '../errors.js';

/** Reading BSON bytes in place: the hot path never turns a document into objects. */

/** Numbers, binary data and patterns stay what they are in BSON. */
export const BOXED = {
  promoteValues: false,
  promoteBuffers: false,
  bsonRegExp: true,
  validation: { utf8: false },
} as const;

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 180;

export interface RawElement {
  type: number;
  /** Where the element itself (its type byte) starts. */
  start: number;
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  end: number;
}

function malformed(): CommandError {
  return new CommandError(22, 'The message holds malformed BSON');
}

function cstringEnd(raw: Buffer, from: number, limit: number): number {
  let i = from;
  while (i < limit && raw[i] !== 0) i++;
  if (i >= limit) throw malformed();
  return i;
}

/** Length in bytes of a value of `type` at `offset`; throws when it does not fit before `limit`. */
function valueLength(raw: Buffer, type: number, offset: number, limit: number): number {
  switch (type) {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      return 8;
    case 0x02:
    case 0x0d:
    case 0x0e:
      return prefixed(raw, offset, limit, 4, 1);
    case 0x03:
    case 0x04:
    case 0x0f:
      return prefixed(raw, offset, limit, 0, 5);
    case 0x05:
      return prefixed(raw, offset, limit, 5, 0);
    case 0x06:
    case 0x0a:
    case 0x7f:
    case 0xff:
      return 0;
    case 0x07:
      return 12;
    case 0x08:
      return 1;
    case 0x0b:
      return cstringEnd(raw, cstringEnd(raw, offset, limit) + 1, limit) + 1 - offset;
    case 0x0c:
      return prefixed(raw, offset, limit, 4, 1) + 12;
    case 0x10:
      return 4;
    case 0x13:
      return 16;
    default:
      throw malformed();
  }
}

function prefixed(raw: Buffer, offset: number, limit: number, extra: number, min: number): number {
  if (offset + 4 > limit) throw malformed();
  const length = raw.readInt32LE(offset);
  if (length < min) throw malformed();
  return length + extra;
}

/** Calls back for each element of the document at `offset`; stops early when told `false`. */
export function eachElement(
  raw: Buffer,
  offset: number,
  visit: (element: RawElement) => boolean | void,
): void {
  const end = offset + raw.readInt32LE(offset) - 1;
  let at = offset + 4;
  while (at < end) {
    const type = raw[at] as number;
    const nameEnd = cstringEnd(raw, at + 1, end);
    const valueStart = nameEnd + 1;
    const next = valueStart + valueLength(raw, type, valueStart, end);
    if (visit({ type, start: at, nameStart: at + 1, nameEnd, valueStart, end: next }) === false) {
      return;
    }
    at = next;
  }
}

/** The top-level element of that name; `name` is given as UTF-8 bytes. */
export function findElement(raw: Buffer, name: Buffer): RawElement | undefined {
  const end = raw.length - 1;
  const length = name.length;
  let at = 4;
  while (at < end) {
    const type = raw[at] as number;
    const nameStart = at + 1;
    let i = 0;
    while (i < length && raw[nameStart + i] === name[i]) i++;
    const matches = i === length && raw[nameStart + i] === 0;
    const nameEnd = matches ? nameStart + length : cstringEnd(raw, nameStart + i, end);
    const valueStart = nameEnd + 1;
    const next = valueStart + valueLength(raw, type, valueStart, end);
    if (matches) return { type, start: at, nameStart, nameEnd, valueStart, end: next };
    at = next;
  }
  return undefined;
}

/** Decodes one element's value, with numbers boxed. */
export function decodeElement(raw: Buffer, element: RawElement): unknown {
  const { type, valueStart, end } = element;
  switch (type) {
    case 0x01:
      return new Double(raw.readDoubleLE(valueStart));
    case 0x02:
      return raw.toString('utf8', valueStart + 4, end - 1);
    case 0x07:
      return new ObjectId(Buffer.from(raw.subarray(valueStart, end)));
    case 0x08:
      return raw[valueStart] === 1;
    case 0x09:
      return new Date(Number(raw.readBigInt64LE(valueStart)));
    case 0x0a:
      return null;
    case 0x10:
      return new Int32(raw.readInt32LE(valueStart));
    case 0x03:
      return decodeByHand(raw, valueStart);
    case 0x04:
      return itemsOf(raw, valueStart);
    default:
      return decodeByBson(raw, element);
  }
}

function decodeByBson(raw: Buffer, element: RawElement): unknown {
  const size = element.end - element.valueStart;
  const doc = Buffer.allocUnsafe(size + 8);
  doc.writeInt32LE(size + 8, 0);
  doc[4] = element.type;
  doc[5] = 0x76;
  doc[6] = 0;
  raw.copy(doc, 7, element.valueStart, element.end);
  doc[size + 7] = 0;
  return deserialize(doc, BOXED)['v'];
}

/** The document at `offset`, with its values boxed as `decodeElement` does. */
export function decodeByHand(raw: Buffer, offset = 0): Record<string, unknown> {
  const doc: Record<string, unknown> = {};
  eachElement(raw, offset, (element) => {
    const name = raw.toString('utf8', element.nameStart, element.nameEnd);
    setOwn(doc, name, decodeElement(raw, element));
  });
  return doc;
}

function itemsOf(raw: Buffer, offset: number): unknown[] {
  const items: unknown[] = [];
  eachElement(raw, offset, (element) => {
    items.push(decodeElement(raw, element));
  });
  return items;
}

/** Sets a field as data: `doc.__proto__ = x` would change the prototype instead. */
export function setOwn(doc: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(doc, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    doc[key] = value;
  }
}

/** Checks a document that a client sent, whole and at every depth, before it is stored or spliced. */
export function validateDocument(raw: Buffer, offset = 0, limit = raw.length, depth = 0): number {
  if (depth > MAX_DEPTH) throw new CommandError(15, 'The document is nested too deeply');
  if (offset + 5 > limit) throw malformed();
  const size = raw.readInt32LE(offset);
  const end = offset + size - 1;
  if (size < 5 || end >= limit || raw[end] !== 0) throw malformed();
  let at = offset + 4;
  while (at < end) {
    const type = raw[at] as number;
    const valueStart = cstringEnd(raw, at + 1, end) + 1;
    const next = valueStart + valueLength(raw, type, valueStart, end);
    if (next > end) throw malformed();
    checkText(raw, at + 1, valueStart);
    if (type === 0x03 || type === 0x04) {
      if (validateDocument(raw, valueStart, next, depth + 1) !== next) throw malformed();
    } else if (type === 0x02 || type === 0x0d || type === 0x0e) {
      if (raw[next - 1] !== 0) throw malformed();
      checkText(raw, valueStart + 4, next);
    } else if (type === 0x0b) {
      checkText(raw, valueStart, next);
    } else if (type === 0x0f) {
      validateCodeWithScope(raw, valueStart, next, depth);
    }
    at = next;
  }
  if (at !== end) throw malformed();
  return end + 1;
}

/** Told apart from what is no BSON: the message can be read, and is answered with this error. */
export class InvalidTextError extends CommandError {
  constructor() {
    super(22, 'The message holds text that is not valid UTF-8');
  }
}

/** What is not UTF-8 would be read as other text than was stored, and changed by the next update. */
function checkText(raw: Buffer, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if ((raw[i] as number) < 0x80) continue;
    if (!isUtf8(raw.subarray(i, end))) throw new InvalidTextError();
    return;
  }
}

function validateCodeWithScope(raw: Buffer, start: number, end: number, depth: number): void {
  const codeEnd = start + 4 + prefixed(raw, start + 4, end, 4, 1);
  if (codeEnd > end || raw[codeEnd - 1] !== 0) throw malformed();
  checkText(raw, start + 8, codeEnd);
  if (validateDocument(raw, codeEnd, end, depth + 1) !== end) throw malformed();
}
