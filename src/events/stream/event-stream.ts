import { Readable } from 'node:stream';
import { within } from '../../common/time-limit.js';
import type { StreamPage } from './stream-page.js';

/** How often something is sent where nothing happens: so that proxies and clients know that the stream lives. */
const COMMENT_MS = 15_000;
/** A reader that takes nothing for so long is cut off: it resumes by its `Last-Event-ID`. */
const STALL_MS = 30_000;

const NOTHING: StreamPage = { parts: [], next: 0, hasMore: false };

/** What a client waits before it connects again. */
const RETRY_MS = 2_000;

export interface StreamSource {
  /** What follows a number. */
  page: (after: number) => Promise<StreamPage>;
  /** Settles when there may be more, when the process ends, or when the signal aborts. */
  changed: (signal: AbortSignal) => Promise<void>;
  /** Asked now and then: whether the reader may still read. */
  isAllowed: () => Promise<boolean>;
  hasEnded: () => boolean;
}

/**
 * Events as server-sent events: `id` is the cursor, `event` the type. What a reader has not taken stays in the log, so that
 * a slow one costs one page.
 */
export class EventStream extends Readable {
  private readonly source: StreamSource;
  private readonly parts: AsyncGenerator<string | Buffer, void>;
  private stall?: NodeJS.Timeout;
  private readonly ended = new AbortController();

  /** @param first what follows the reader's cursor */
  constructor(source: StreamSource, first: StreamPage) {
    // Nothing is made ready before the reader has taken the last part: a slow one has no more than that.
    super({ highWaterMark: 1 });
    this.source = source;
    this.parts = this.write(first);
  }

  override _read(): void {
    clearTimeout(this.stall);
    this.parts.next().then(
      ({ done, value }) => {
        if (this.destroyed) return;
        // One part a read: the next is asked for when the reader has taken this one.
        if (!this.push(done ? null : value)) {
          this.stall = setTimeout(() => this.destroy(), STALL_MS).unref();
        }
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.stall);
    this.ended.abort();
    callback(error);
  }

  private async *write(found: StreamPage): AsyncGenerator<string | Buffer, void> {
    const { page, changed, isAllowed, hasEnded } = this.source;
    const { signal } = this.ended;
    let change: Promise<void> | undefined;
    let toldAt = performance.now();
    yield `retry: ${RETRY_MS}\n\n`;
    while (!signal.aborted && !hasEnded()) {
      const { parts, next } = found;
      // A slow reader holds what it has not taken yet, and no more.
      found = NOTHING;
      yield* parts;
      if (performance.now() - toldAt >= COMMENT_MS) {
        toldAt = performance.now();
        if (!(await isAllowed())) return;
        yield `: \nid: ${next}\n\n`;
      }
      change ??= changed(signal).finally(() => (change = undefined));
      const changing = change;
      found = await page(next);
      if (found.parts.length > 0 || found.hasMore) continue;
      await within(Math.max(0, toldAt + COMMENT_MS - performance.now()), changing);
    }
  }
}
