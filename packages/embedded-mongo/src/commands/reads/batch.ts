import { Long } from 'bson';
import { cursorReply } from '../../bson/reply.js';
import { MAX_DOCUMENT_BYTES } from '../../bson/raw.js';
import { type DocumentSource, PAUSE } from '../../cursors.js';
import { CommandError } from '../../errors.js';
import { type Invocation, ownerOf } from '../context.js';

const DEFAULT_FIRST_BATCH = 101;

export interface BatchOptions {
  /** Documents a batch holds at most; undefined is the server's choice. */
  size: number | undefined;
  singleBatch: boolean;
  noTimeout: boolean;
}

const TURN_MS = 8;

/** How long one command may keep the only thread before others get theirs. */
class Turn {
  private readonly end = performance.now() + TURN_MS;
  private documents = 0;

  isOver(): boolean {
    return (++this.documents & 0x3f) === 0 && performance.now() > this.end;
  }
}

interface Batch {
  documents: Buffer[];
  held: Buffer | undefined;
  done: boolean;
}

/** The answer to a new query: its first batch, and a cursor when there is more. */
export function firstBatch(
  invocation: Invocation,
  namespace: string,
  source: DocumentSource,
  options: BatchOptions,
): Buffer | Promise<Buffer> {
  const finish = (batch: Batch): Buffer => {
    source.suspend();
    if (batch.done || options.singleBatch) {
      return cursorReply('firstBatch', Long.ZERO, namespace, batch.documents);
    }
    const { cursors } = invocation.context;
    const { noTimeout } = options;
    const owner = ownerOf(invocation);
    const cursor = cursors.open(namespace, source, batch.held, { owner, noTimeout });
    return cursorReply('firstBatch', cursor.id, namespace, batch.documents);
  };
  const batch = fill(invocation, source, undefined, options.size ?? DEFAULT_FIRST_BATCH);
  return batch instanceof Promise ? batch.then(finish) : finish(batch);
}

export function nextBatch(
  invocation: Invocation,
  id: Long,
  namespace: string,
  size: number | undefined,
): Buffer | Promise<Buffer> {
  const { cursors } = invocation.context;
  const cursor = cursors.get(id, namespace, ownerOf(invocation));
  const held = cursor.held;
  cursor.held = undefined;
  const finish = (batch: Batch): Buffer => {
    cursor.source.suspend();
    cursor.held = batch.held;
    if (batch.done) cursors.forget(cursor);
    else cursors.measure(cursor);
    return cursorReply('nextBatch', batch.done ? Long.ZERO : id, namespace, batch.documents);
  };
  const failed = (error: unknown): never => {
    cursors.forget(cursor);
    throw error;
  };
  try {
    const batch = fill(invocation, cursor.source, held, size ?? Infinity);
    return batch instanceof Promise ? batch.then(finish, failed) : finish(batch);
  } catch (error) {
    return failed(error);
  }
}

/** Fills a batch at once when it can, and in turns with other clients when that takes long. */
function fill(
  invocation: Invocation,
  source: DocumentSource,
  held: Buffer | undefined,
  size: number,
): Batch | Promise<Batch> {
  const batch: Batch = { documents: [], held: undefined, done: false };
  let bytes = 0;
  if (held !== undefined) {
    batch.documents.push(held);
    bytes = held.length;
  }
  const step = (): boolean => {
    const turn = new Turn();
    while (batch.documents.length < size) {
      if (turn.isOver()) return false;
      const next = source.next();
      if (next === PAUSE) return false;
      if (next === undefined) {
        batch.done = true;
        return true;
      }
      if (batch.documents.length > 0 && bytes + next.length > MAX_DOCUMENT_BYTES) {
        batch.held = next;
        return true;
      }
      batch.documents.push(next);
      bytes += next.length;
    }
    return true;
  };
  // To read the command alone may have taken longer than it was given.
  checkDeadline(invocation);
  if (step()) return batch;
  return inTurns(invocation, source, step).then(() => batch);
}

async function inTurns(
  invocation: Invocation,
  source: DocumentSource,
  step: () => boolean,
): Promise<void> {
  do {
    checkDeadline(invocation);
    source.suspend();
    await new Promise((resolve) => setImmediate(resolve));
  } while (!step());
}

export function checkDeadline({ deadline }: Pick<Invocation, 'deadline'>): void {
  if (deadline !== undefined && Date.now() > deadline) {
    throw new CommandError(50, 'operation exceeded time limit');
  }
}

/** Every document of a source, with pauses; for commands that need them all. */
export async function collect(invocation: Invocation, source: DocumentSource): Promise<Buffer[]> {
  const documents: Buffer[] = [];
  const step = (): boolean => {
    const turn = new Turn();
    for (;;) {
      if (turn.isOver()) return false;
      const next = source.next();
      if (next === PAUSE) return false;
      if (next === undefined) return true;
      documents.push(next);
    }
  };
  checkDeadline(invocation);
  if (!step()) await inTurns(invocation, source, step);
  return documents;
}
