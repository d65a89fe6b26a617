import { LRUCache } from 'lru-cache';
import type { StreamPage } from './stream-page.js';

const MAX_PAGES = 64;
/** Not for long: what is kept no more is to be told. */
const KEPT_MS = 10_000;

/** Pages of the log that several streams read: once for all of them, as when a crowd comes back after a restart. */
export class SharedPages {
  private readonly pages = new LRUCache<string, Promise<StreamPage>>({
    max: MAX_PAGES,
    ttl: KEPT_MS,
  });

  /**
   * Reads a page, or answers what another has read of it. The log only grows, so that a page with more behind it stays as it
   * is; its end everybody reads for themselves.
   *
   * @param key of whose log, after what, and what of it
   * @throws what `read` throws
   */
  async read(key: string, read: () => Promise<StreamPage>): Promise<StreamPage> {
    const known = this.pages.get(key);
    if (!known) {
      const reading = read();
      this.pages.set(key, reading);
      return reading;
    }
    const page = await known.catch(() => undefined);
    if (page?.hasMore) return page;
    if (this.pages.peek(key) === known) this.pages.delete(key);
    return read();
  }
}
