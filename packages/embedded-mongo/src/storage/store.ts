import { type Database, type RootDatabase, open } from 'lmdb';
import { CommandError, toCommandError } from '../errors.js';
import { addressSpaceLeft, canGrow } from './file/address-space.js';
import { keepPrivate, prepareDataFile } from './file/data-file.js';

export type Table = Database<Buffer, Buffer>;

export interface Entry {
  key: Buffer;
  value: Buffer;
}

export interface Range {
  start: Buffer;
  end: Buffer | undefined;
  reverse?: boolean;
  /** Leaves out an entry whose key is exactly `start`. */
  exclusiveStart?: boolean;
}

interface Job {
  run: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** lmdb waits for the disk before the call returns; the flag that lets it run on is not set. */
const SYNCHRONOUS_COMMIT = 2;
const AFTER_EVERY_KEY = Buffer.alloc(8, 0xff);

/**
 * The LMDB environment and its one writer.
 *
 * Every change runs in a synchronous LMDB transaction that has been flushed to disk when it
 * returns, so nothing that can be read can be lost, and reads never see half a command. Changes
 * that arrive while the previous flush is running share the next one (group commit).
 */
export class Store {
  private readonly env: RootDatabase<Buffer, Buffer>;
  readonly catalog: Table;
  readonly documents: Table;
  readonly index: Table;
  private jobs: Job[] = [];
  private scheduled = false;
  private closed = false;
  /** Where the address space has an end, lmdb must not be let run into it: it would end the process. */
  private readonly addressSpaceEnds = addressSpaceLeft() !== Infinity;
  /** Told when a transaction was undone, so that what is cached of it can be dropped. */
  onAbort: () => void = () => {};

  constructor(readonly directory: string) {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const mapSize = prepareDataFile(directory);
    this.env = open<Buffer, Buffer>({
      path: directory,
      noSubdir: false,
      maxDbs: 4,
      // Where it begins: lmdb doubles it when the data needs more.
      mapSize,
      // Two meta pages and fdatasync before each: safe from power loss as well as from kill -9.
      overlappingSync: false,
      ...binary,
    });
    keepPrivate(directory);
    this.catalog = this.env.openDB({ name: 'catalog', ...binary });
    this.documents = this.env.openDB({ name: 'documents', ...binary });
    this.index = this.env.openDB({ name: 'index', ...binary });
  }

  /** Runs `change` atomically; when this returns, its writes are on disk. */
  transaction<T>(change: () => T): T {
    if (this.addressSpaceEnds) this.checkAddressSpace();
    try {
      return this.env.transactionSync(change, SYNCHRONOUS_COMMIT);
    } catch (error) {
      this.onAbort();
      throw error;
    }
  }

  /**
   * Runs `change` in the next group of writes and settles once that group is on disk. A CommandError
   * is the answer to that one change, and what it wrote before stays, as in MongoDB; any other error
   * (a full disk) undoes the group as a whole, and its changes are tried one by one.
   */
  write<T>(change: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.jobs.push({ run: change, resolve: resolve as (value: unknown) => void, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.runJobs());
    });
  }

  /** Runs `change` in a transaction of its own, which is undone as a whole when it throws. */
  async alone<T>(change: () => T): Promise<T> {
    // After the writes that came before it.
    await this.write(() => undefined);
    try {
      return this.transaction(change);
    } catch (error) {
      throw toCommandError(error);
    }
  }

  private runJobs(): void {
    const jobs = this.jobs;
    this.jobs = [];
    this.scheduled = false;
    if (this.closed) {
      for (const job of jobs) job.reject(new CommandError(91, 'The server is shutting down'));
      return;
    }
    this.runGroup(jobs);
  }

  private runGroup(jobs: readonly Job[]): void {
    let settle: (() => void)[] = [];
    try {
      settle = this.transaction(() => jobs.map(runJob));
    } catch (error) {
      if (jobs.length === 1) jobs[0]?.reject(toCommandError(error));
      else for (const job of jobs) this.runGroup([job]);
    }
    for (const done of settle) done();
  }

  get(table: Table, key: Buffer): Buffer | undefined {
    return table.getBinary(key) as Buffer | undefined;
  }

  *range(table: Table, range: Range): Generator<Entry> {
    const options = range.reverse
      ? { start: range.end ?? AFTER_EVERY_KEY, end: range.start, reverse: true, inclusiveEnd: true }
      : { start: range.start, end: range.end ?? AFTER_EVERY_KEY };
    for (const { key, value } of table.getRange(options)) {
      if (range.reverse && range.end && key.equals(range.end)) continue;
      if (range.exclusiveStart && key.equals(range.start)) continue;
      yield { key, value };
    }
  }

  count(table: Table, start: Buffer, end: Buffer | undefined): number {
    return table.getKeysCount({ start, end: end ?? AFTER_EVERY_KEY });
  }

  bytesUsed(): number {
    const { pageSize, lastPageNumber } = this.stats();
    return pageSize * (lastPageNumber + 1);
  }

  private stats(): { pageSize: number; lastPageNumber: number; mapSize: number } {
    return this.env.getStats() as ReturnType<Store['stats']>;
  }

  private checkAddressSpace(): void {
    const { mapSize, pageSize, lastPageNumber } = this.stats();
    if (canGrow(mapSize, pageSize * lastPageNumber)) return;
    throw new CommandError(14031, 'The address space is used up: raise its limit (ulimit -v)');
  }

  async close(): Promise<void> {
    if (this.closed) return;
    if (this.jobs.length > 0) this.runJobs();
    this.closed = true;
    await this.env.close();
  }
}

/** Runs a job inside the transaction; its answer is given only after the commit. */
function runJob({ run, resolve, reject }: Job): () => void {
  try {
    const result = run();
    return () => resolve(result);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return () => reject(error);
  }
}
