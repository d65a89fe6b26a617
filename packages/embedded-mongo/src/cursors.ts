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
  /** What it keeps in memory until it is read to its end, about. */
  heldBytes?(): number;
}

/**
 * Whose cursor it is. Drivers read on over any connection of their pool, with the session that they began in; who has no
 * session has a connection only.
 */
export interface CursorOwner {
  /** The session's id as text; undefined outside of sessions. */
  session: string | undefined;
  connectionId: number;
}

export interface OpenCursor {
  id: Long;
  namespace: string;
  owner: CursorOwner;
  source: DocumentSource;
  /** The document that no longer fitted the last batch. */
  held: Buffer | undefined;
  /** What it keeps in memory, as it was when it was last read. */
  bytes: number;
  lastUsed: number;
  noTimeout: boolean;
}

const TIMEOUT_MS = 10 * 60 * 1000;
/** As long as a session lives that its driver does not refresh: nobody can ask for its cursors after that. */
const SESSION_TIMEOUT_MS = 30 * 60 * 1000;
const MAX_PER_CONNECTION = 1_000;
/** What the open cursors of all clients keep in memory, after a sort for example. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;
/** A client that is still there reads on sooner over another connection. */
const ORPHAN_TIMEOUT_MS = 60 * 1000;
/** Where the cursors of sessions are counted once the connection that opened them is gone. */
const NO_CONNECTION = 0;

/** Cursors that clients may still ask more of. Abandoned ones are forgotten after ten minutes. */
export class CursorRegistry {
  private readonly cursors = new Map<string, OpenCursor>();
  private readonly perConnection = new Map<number, Set<OpenCursor>>();
  private heldBytes = 0;

  open(
    namespace: string,
    source: DocumentSource,
    held: Buffer | undefined,
    options: { owner: CursorOwner; noTimeout: boolean },
  ): OpenCursor {
    const { owner, noTimeout } = options;
    if (this.openedBy(owner.connectionId).size >= MAX_PER_CONNECTION) {
      throw new CommandError(
        1,
        `A connection may have at most ${MAX_PER_CONNECTION} cursors open at a time`,
      );
    }
    const bytes = source.heldBytes?.() ?? 0;
    this.makeRoom(bytes, owner.connectionId);
    const id = this.freshId();
    const cursor: OpenCursor = {
      id,
      namespace,
      owner: { ...owner },
      source,
      held,
      bytes,
      lastUsed: Date.now(),
      noTimeout,
    };
    this.heldBytes += bytes;
    this.cursors.set(id.toString(), cursor);
    this.openedBy(owner.connectionId).add(cursor);
    return cursor;
  }

  get(id: Long, namespace: string, owner: CursorOwner): OpenCursor {
    const cursor = this.cursors.get(id.toString());
    if (cursor === undefined) throw new CommandError(43, `cursor id ${id.toString()} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    checkOwner(cursor, owner);
    if (cursor.owner.connectionId === NO_CONNECTION) this.move(cursor, owner.connectionId);
    cursor.lastUsed = Date.now();
    return cursor;
  }

  /** After a cursor was read: it may keep more than before, or less. */
  measure(cursor: OpenCursor): void {
    if (!this.cursors.has(cursor.id.toString())) return;
    const bytes = cursor.source.heldBytes?.() ?? 0;
    this.heldBytes += bytes - cursor.bytes;
    cursor.bytes = bytes;
  }

  /** Ends a cursor that was asked for by its owner; false when there is none, or it is another's. */
  kill(id: Long, owner: CursorOwner): boolean {
    const cursor = this.cursors.get(id.toString());
    if (cursor === undefined || !mayEnd(cursor.owner, owner)) return false;
    this.forget(cursor);
    return true;
  }

  forget(cursor: OpenCursor): void {
    cursor.source.suspend();
    if (!this.cursors.delete(cursor.id.toString())) return;
    this.heldBytes -= cursor.bytes;
    this.leave(cursor);
  }

  endSession(session: string): void {
    for (const cursor of this.cursors.values()) {
      if (cursor.owner.session === session) this.forget(cursor);
    }
  }

  /** Another connection of the session's pool may read on; without a session nobody can. */
  connectionClosed(connectionId: number): void {
    for (const cursor of this.perConnection.get(connectionId) ?? []) {
      if (cursor.owner.session === undefined) this.forget(cursor);
      else this.move(cursor, NO_CONNECTION);
    }
    const orphans = this.perConnection.get(NO_CONNECTION);
    for (const oldest of orphans ?? []) {
      if ((orphans?.size ?? 0) <= MAX_PER_CONNECTION) break;
      this.forget(oldest);
    }
  }

  get size(): number {
    return this.cursors.size;
  }

  expire(): void {
    const now = Date.now();
    for (const cursor of this.cursors.values()) {
      const isOrphan = cursor.owner.connectionId === NO_CONNECTION;
      if (isOrphan && cursor.bytes > 0 && cursor.lastUsed < now - ORPHAN_TIMEOUT_MS) {
        this.forget(cursor);
        continue;
      }
      const timeout = cursor.noTimeout ? SESSION_TIMEOUT_MS : TIMEOUT_MS;
      if (cursor.noTimeout && cursor.owner.session === undefined) continue;
      if (cursor.lastUsed < now - timeout) this.forget(cursor);
    }
  }

  /** A driver says that it still uses a session. */
  refreshSession(session: string): void {
    for (const cursor of this.cursors.values()) {
      if (cursor.owner.session === session && cursor.noTimeout) cursor.lastUsed = Date.now();
    }
  }

  /**
   * Those whose connection is gone go first, then the oldest of the connection that keeps most; when that is the one that
   * asks, it has had its share.
   */
  private makeRoom(bytes: number, connectionId: number): void {
    while (this.heldBytes + bytes > MAX_HELD_BYTES) {
      let most = bytes + this.heldBy(connectionId);
      let heaviest: number | undefined;
      for (const other of this.perConnection.keys()) {
        const held = this.heldBy(other);
        if (other === connectionId || held === 0) continue;
        if (other !== NO_CONNECTION && held <= most) continue;
        heaviest = other;
        if (other === NO_CONNECTION) break;
        most = held;
      }
      const oldest = heaviest === undefined ? undefined : this.oldestOf(heaviest);
      if (oldest === undefined) {
        throw new CommandError(
          146,
          `The open cursors would keep more than ${MAX_HELD_BYTES} bytes in memory: read them to their end, or close them`,
        );
      }
      this.forget(oldest);
    }
  }

  private heldBy(connectionId: number): number {
    let bytes = 0;
    for (const cursor of this.perConnection.get(connectionId) ?? []) bytes += cursor.bytes;
    return bytes;
  }

  private oldestOf(connectionId: number): OpenCursor | undefined {
    let oldest: OpenCursor | undefined;
    for (const cursor of this.perConnection.get(connectionId) ?? []) {
      if (cursor.bytes === 0) continue;
      if (oldest === undefined || cursor.lastUsed < oldest.lastUsed) oldest = cursor;
    }
    return oldest;
  }

  private move(cursor: OpenCursor, connectionId: number): void {
    this.leave(cursor);
    cursor.owner.connectionId = connectionId;
    this.openedBy(connectionId).add(cursor);
  }

  private leave(cursor: OpenCursor): void {
    const { connectionId } = cursor.owner;
    const others = this.perConnection.get(connectionId);
    others?.delete(cursor);
    if (others?.size === 0) this.perConnection.delete(connectionId);
  }

  private openedBy(connectionId: number): Set<OpenCursor> {
    let opened = this.perConnection.get(connectionId);
    if (opened === undefined) this.perConnection.set(connectionId, (opened = new Set()));
    return opened;
  }

  private freshId(): Long {
    for (;;) {
      const bits = randomBytes(8);
      const id = new Long(bits.readInt32LE(0), bits.readInt32LE(4) & 0x7fffffff);
      if (!id.isZero() && !this.cursors.has(id.toString())) return id;
    }
  }
}

function checkOwner({ id, owner }: OpenCursor, asking: CursorOwner): void {
  if (owner.session === asking.session) {
    if (owner.session !== undefined || owner.connectionId === asking.connectionId) return;
    throw new CommandError(13, `cursor id ${id.toString()} was created by another connection`);
  }
  const [code, how] =
    owner.session === undefined
      ? [50736, 'was not created in a session, and the command is in one']
      : asking.session === undefined
        ? [50737, 'was created in a session, and the command is in none']
        : [50738, 'was created in another session'];
  throw new CommandError(code, `Cannot run getMore on cursor ${id.toString()}, which ${how}`);
}

function mayEnd(owner: CursorOwner, asking: CursorOwner): boolean {
  if (owner.session !== undefined && owner.session === asking.session) return true;
  return owner.connectionId === asking.connectionId;
}
