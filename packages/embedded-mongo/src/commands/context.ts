import { type Doc, isDoc } from '../bson/values.js';
import { Binary } from 'bson';
import type { CursorOwner, CursorRegistry } from '../cursors.js';
import type { Collection } from '../storage/collection.js';
import type { Catalog } from '../storage/catalog.js';
import type { Store } from '../storage/store.js';
import type { Client, Reply } from '../wire/connection.js';

type OperationCounters = Record<
  'insert' | 'query' | 'update' | 'delete' | 'getmore' | 'command',
  number
>;

/** What a command runs in. */
export interface Context {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors: CursorRegistry;
  readonly startedAt: number;
  /** How many commands of each kind there were, under the names that monitoring tools know. */
  readonly counters: OperationCounters;
  clients(): readonly Client[];
  connectionsMade(): number;
  /** Bytes over all connections since the start. */
  readonly traffic: () => { bytesIn: number; bytesOut: number };
}

export interface Invocation {
  readonly context: Context;
  readonly database: string;
  readonly body: Doc;
  readonly sequences: ReadonlyMap<string, Buffer[]>;
  readonly connectionId: number;
  /** When the command must give up (`maxTimeMS`), in ms since the epoch. */
  readonly deadline: number | undefined;
}

export interface Command {
  /** The command's own fields; any other field is refused rather than ignored. */
  readonly fields: readonly string[];
  /** Set when the command writes, so that its write concern is checked. */
  readonly writes?: boolean;
  run(invocation: Invocation): Reply | Promise<Reply>;
}

export type CommandTable = Readonly<Record<string, Command>>;

export function findCollection(invocation: Invocation, name: string): Collection | undefined {
  return invocation.context.catalog.find(invocation.database, name);
}

/** A logical session's id as text, from a command's `lsid` or a list of them. */
export function sessionOf(lsid: unknown): string | undefined {
  const id = isDoc(lsid) ? lsid['id'] : undefined;
  return id instanceof Binary ? Buffer.from(id.value()).toString('hex') : undefined;
}

export function ownerOf({ body, connectionId }: Invocation): CursorOwner {
  return { session: sessionOf(body['lsid']), connectionId };
}
