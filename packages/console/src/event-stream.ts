import { ApiError } from '@nuvem/client';
import type { ConsoleApi, Snapshot } from './api.js';

const RETRY_MS = 2000;

interface Listener {
  onSnapshot(snapshot: Snapshot): void;
  onLost(): void;
  /** The key is no longer accepted. */
  onRefused(): void;
}

/** Follows the API's activity, and comes back whenever the stream breaks. */
export class EventStream {
  private readonly stopping = new AbortController();

  constructor(
    private readonly api: ConsoleApi,
    private readonly listener: Listener,
  ) {}

  async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.read(await this.api.activity(signal));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) {
          this.listener.onRefused();
          return;
        }
      }
      if (signal.aborted) return;
      this.listener.onLost();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  private async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const reader = stream
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>;
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      // An event ends with an empty line; what follows the last one is not complete yet.
      const events = text.split(/\r?\n\r?\n/);
      text = events.pop() ?? '';
      for (const event of events) this.handle(event);
    }
  }

  private handle(event: string): void {
    const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
    if (lines.length === 0) return;
    const data = lines.map((line) => line.slice('data:'.length).trim()).join('\n');
    this.listener.onSnapshot(JSON.parse(data) as Snapshot);
  }
}
