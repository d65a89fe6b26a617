import type { Catalog } from './storage/catalog.js';
import type { Collection } from './storage/collection.js';
import type { Index } from './storage/index-definition.js';
import { encodeValue } from './storage/key-encoding.js';
import { unhurriedClock } from './unhurried-clock.js';

const INTERVAL_MS = 2_000;
const BATCH = 500;
/** Just before the first date, so that numbers and texts in the field expire nothing. */
const EARLIEST = encodeValue(new Date(-8.64e15));

/** Removes expired documents: reads only the part of each TTL index that is due. */
export class TtlMonitor {
  private timer: NodeJS.Timeout | undefined;
  private sweeping = false;

  constructor(
    private readonly catalog: Catalog,
    private readonly now: () => number = unhurriedClock(),
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      // The next sweep tries again what a full disk, say, kept this one from doing.
      this.sweep().catch(() => undefined);
    }, INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      for (const database of this.catalog.databaseNames()) {
        for (const { name } of this.catalog.collectionsOf(database)) {
          await this.sweepCollection(database, name);
        }
      }
    } finally {
      this.sweeping = false;
    }
  }

  private async sweepCollection(database: string, name: string): Promise<void> {
    const expiring = this.catalog
      .find(database, name)
      ?.indexes.filter((index) => index.expireAfterSeconds !== undefined);
    for (const { name: indexName } of expiring ?? []) {
      let more = true;
      while (more) {
        more = await this.catalog.store.write(() => {
          // Looked up again: the collection may be gone since the last batch.
          const collection = this.catalog.find(database, name);
          const index = collection?.indexes.find((each) => each.name === indexName);
          return collection && index ? this.removeSome(collection, index) : false;
        });
      }
    }
  }

  private removeSome(collection: Collection, index: Index): boolean {
    const due = new Date(this.now() - (index.expireAfterSeconds ?? 0) * 1000);
    const descending = index.descending[0] === true;
    const last = encodeValue(due, descending);
    const first = descending ? complementOf(EARLIEST) : EARLIEST;
    const [low, high] = descending ? [last, first] : [first, last];
    const { store } = collection;
    const ids: Buffer[] = [];
    const range = {
      start: Buffer.concat([index.prefix, low]),
      end: Buffer.concat([index.prefix, high, Buffer.from([0xff])]),
    };
    for (const { value } of store.range(store.index, range)) {
      ids.push(value);
      if (ids.length === BATCH) break;
    }
    for (const id of ids) {
      const raw = collection.get(id);
      if (raw !== undefined) collection.remove(id, raw);
    }
    return ids.length === BATCH;
  }
}

function complementOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => ~byte & 0xff));
}
