import { decode, type Doc } from '../bson/values.js';
import { InvalidTextError, validateDocument } from '../bson/raw.js';
import { CommandError } from '../errors.js';

export const HEADER_BYTES = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0 to 15 must be understood; the higher ones may be ignored. */
const REQUIRED_FLAGS = 0xffff;

/** What ends the connection: after it nothing in the stream can be trusted. */
export class ProtocolError extends Error {}

export interface Request {
  requestId: number;
  body: Doc;
  /** Document sequences (kind 1), as the bytes that came. */
  sequences: ReadonlyMap<string, Buffer[]>;
  /** The client waits for no answer (an unacknowledged write). */
  silent: boolean;
  /** OP_QUERY, which only a first hello may use; it is answered by OP_REPLY. */
  legacy: boolean;
  database: string;
}

export function parseMessage(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  switch (message.readInt32LE(12)) {
    case OP_MSG:
      return parseMsg(message, requestId);
    case OP_QUERY:
      return parseQuery(message, requestId);
    default:
      throw new ProtocolError(`Unsupported opcode ${message.readInt32LE(12)}`);
  }
}

function parseMsg(message: Buffer, requestId: number): Request {
  if (message.length < HEADER_BYTES + 4 + 1 + 5) throw new ProtocolError('Truncated OP_MSG');
  const flags = message.readUInt32LE(HEADER_BYTES);
  if ((flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) {
    throw new ProtocolError(`Unknown OP_MSG flags ${flags}`);
  }
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sequences = new Map<string, Buffer[]>();
  let body: Doc | undefined;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = message[at++];
    if (kind === 0) {
      if (body !== undefined) throw new ProtocolError('Two bodies in one message');
      const next = checkedEnd(message, at, end);
      body = decodeBody(message.subarray(at, next));
      at = next;
    } else if (kind === 1) {
      at = parseSequence(message, at, end, sequences);
    } else {
      throw new ProtocolError(`Unknown section kind ${kind}`);
    }
  }
  if (body === undefined) throw new ProtocolError('No body in the message');
  const database = body['$db'];
  return {
    requestId,
    body,
    sequences,
    silent: (flags & MORE_TO_COME) !== 0,
    legacy: false,
    database: typeof database === 'string' ? database : '',
  };
}

function checkedEnd(message: Buffer, at: number, limit: number): number {
  try {
    return validateDocument(message, at, limit);
  } catch (error) {
    if (error instanceof InvalidTextError) throw error;
    throw new ProtocolError((error as Error).message);
  }
}

function decodeBody(raw: Buffer): Doc {
  try {
    return decode(raw);
  } catch (error) {
    throw new ProtocolError((error as Error).message);
  }
}

function parseSequence(
  message: Buffer,
  start: number,
  limit: number,
  sequences: Map<string, Buffer[]>,
): number {
  if (start + 4 > limit) throw new ProtocolError('Truncated sequence');
  const end = start + message.readInt32LE(start);
  const nameEnd = message.indexOf(0, start + 4);
  if (end > limit || nameEnd < 0 || nameEnd >= end) throw new ProtocolError('Malformed sequence');
  const name = message.toString('utf8', start + 4, nameEnd);
  if (sequences.has(name)) throw new ProtocolError(`Two sequences named ${name}`);
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < end) {
    const next = checkedEnd(message, at, end);
    documents.push(message.subarray(at, next));
    at = next;
  }
  sequences.set(name, documents);
  return end;
}

function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  const at = nameEnd + 9;
  if (nameEnd < 0 || at + 5 > message.length) throw new ProtocolError('Truncated OP_QUERY');
  const namespace = message.toString('utf8', HEADER_BYTES + 4, nameEnd);
  const end = checkedEnd(message, at, message.length);
  let body = decodeBody(message.subarray(at, end));
  const wrapped = body['$query'];
  if (typeof wrapped === 'object' && wrapped !== null) body = wrapped as Doc;
  const command = Object.keys(body)[0]?.toLowerCase();
  if (!namespace.endsWith('.$cmd') || (command !== 'hello' && command !== 'ismaster')) {
    throw new CommandError(
      352,
      'Unsupported OP_QUERY command. The client driver may require an upgrade.',
    );
  }
  return {
    requestId,
    body,
    sequences: new Map(),
    silent: false,
    legacy: true,
    database: namespace.slice(0, -'.$cmd'.length),
  };
}

/** True when nobody waits for an answer to it. */
export const isSilent = (message: Buffer): boolean =>
  message.readInt32LE(12) === OP_MSG && (message.readUInt32LE(HEADER_BYTES) & MORE_TO_COME) !== 0;

/** True when the answer to it, also to one that cannot be read, is an OP_REPLY. */
export const isLegacy = (message: Buffer): boolean => message.readInt32LE(12) === OP_QUERY;

let lastRequestId = 0;

/** The header of a reply; its document follows. */
export function replyHeader(responseTo: number, documentBytes: number, legacy: boolean): Buffer {
  const head = Buffer.alloc(HEADER_BYTES + (legacy ? 20 : 5));
  lastRequestId = (lastRequestId + 1) & 0x7fffffff;
  head.writeInt32LE(head.length + documentBytes, 0);
  head.writeInt32LE(lastRequestId, 4);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  if (legacy) {
    head.writeInt32LE(8, HEADER_BYTES);
    head.writeInt32LE(1, HEADER_BYTES + 16);
  }
  return head;
}
