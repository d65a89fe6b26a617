import { randomBytes } from 'node:crypto';
import { Long } from 'bson';
import { CommandError } from './errors.js';

/** Told to a reader that has looked at many documents and should let others have a turn. */
export const PAUSE = Symbol('pause');

/** Where a query's documents come from, one after another. */
export interface DocumentSource {
  next(): Buffer | typeof PAUSE | undefined;
  /** Called when the reader will come back later: nothing may stay open in the store. */
  suspend(): void;
}

export interface OpenCursor {
  id: Long;
  namespace: string;
  source: DocumentSource;
  /** The document that no longer fitted the last batch. */
  held: Buffer | undefined;
  lastUsed: number;
  noTimeout: boolean;
}

const TIMEOUT_MS = 10 * 60 * 1000;
const MAX_CURSORS = 10_000;

/** Cursors that clients may still ask more of. Abandoned ones are forgotten after ten minutes. */
export class CursorRegistry {
  private readonly cursors = new Map<string, OpenCursor>();

  open(
    namespace: string,
    source: DocumentSource,
    held: Buffer | undefined,
    noTimeout: boolean,
  ): OpenCursor {
    if (this.cursors.size >= MAX_CURSORS) {
      throw new CommandError(1, 'Too many open cursors');
    }
    const id = this.freshId();
    const cursor = { id, namespace, source, held, lastUsed: Date.now(), noTimeout };
    this.cursors.set(id.toString(), cursor);
    return cursor;
  }

  get(id: Long, namespace: string): OpenCursor {
    const cursor = this.cursors.get(id.toString());
    if (cursor === undefined) throw new CommandError(43, `cursor id ${id.toString()} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    cursor.lastUsed = Date.now();
    return cursor;
  }

  kill(id: Long): boolean {
    const key = id.toString();
    this.cursors.get(key)?.source.suspend();
    return this.cursors.delete(key);
  }

  get size(): number {
    return this.cursors.size;
  }

  expire(): void {
    const limit = Date.now() - TIMEOUT_MS;
    for (const [key, cursor] of this.cursors) {
      if (!cursor.noTimeout && cursor.lastUsed < limit) this.cursors.delete(key);
    }
  }

  private freshId(): Long {
    for (;;) {
      const bits = randomBytes(8);
      const id = new Long(bits.readInt32LE(0), bits.readInt32LE(4) & 0x7fffffff);
      if (!id.isZero() && !this.cursors.has(id.toString())) return id;
    }
  }
}
