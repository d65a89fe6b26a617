import { Double, Long } from 'bson';
import { type Doc, encode } from './values.js';

/** The answer that carries a cursor's documents, which are spliced in as the bytes they are stored as. */
export function cursorReply(
  batchName: 'firstBatch' | 'nextBatch',
  cursorId: Long,
  namespace: string,
  documents: readonly Buffer[],
): Buffer {
  const tail = tailOf(cursorId, namespace);
  let size = 0;
  for (let i = 0; i < documents.length; i++) {
    size += 2 + digits(i) + (documents[i] as Buffer).length;
  }
  const name = Buffer.from(`${batchName}\0`);
  const arrayBytes = 4 + size + 1;
  const cursorBytes = 4 + 1 + name.length + arrayBytes + tail.length + 1;
  const total = 4 + 8 + cursorBytes + OK.length + 1;
  const reply = Buffer.allocUnsafe(total);
  let at = reply.writeInt32LE(total, 0);
  at += reply.write('\x03cursor\0', at, 'latin1');
  at = reply.writeInt32LE(cursorBytes, at);
  reply[at++] = 0x04;
  at += name.copy(reply, at);
  at = reply.writeInt32LE(arrayBytes, at);
  for (let i = 0; i < documents.length; i++) {
    reply[at++] = 0x03;
    at += reply.write(String(i), at, 'latin1');
    reply[at++] = 0;
    at += (documents[i] as Buffer).copy(reply, at);
  }
  reply[at++] = 0;
  at += tail.copy(reply, at);
  reply[at++] = 0;
  at += OK.copy(reply, at);
  reply[at] = 0;
  return reply;
}

const fieldsOf = (doc: Doc): Buffer => encode(doc).subarray(4, -1);
const OK = Buffer.from(fieldsOf({ ok: new Double(1) }));
const tails = new Map<string, Buffer>();

function tailOf(cursorId: Long, namespace: string): Buffer {
  if (!cursorId.isZero()) return fieldsOf({ id: cursorId, ns: namespace });
  let tail = tails.get(namespace);
  if (tail === undefined) {
    if (tails.size > 1_000) tails.clear();
    tail = Buffer.from(fieldsOf({ id: Long.ZERO, ns: namespace }));
    tails.set(namespace, tail);
  }
  return tail;
}

function digits(index: number): number {
  let count = 1;
  for (let rest = index; rest >= 10; rest = Math.floor(rest / 10)) count++;
  return count;
}
