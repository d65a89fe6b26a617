import type { Doc } from '../bson/values.js';
import type { CursorRegistry } from '../cursors.js';
import type { Collection } from '../storage/collection.js';
import type { Catalog } from '../storage/catalog.js';
import type { Store } from '../storage/store.js';
import type { Reply } from '../wire/connection.js';

/** What a command runs in. */
export interface Context {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors: CursorRegistry;
  readonly startedAt: number;
  connections(): number;
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
