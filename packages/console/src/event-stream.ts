import { ApiError } from '@nuvem/client';

const RETRY_MS = 2000;

/** @param lastId of the last event that came, to go on after it */
type Open = (signal: AbortSignal, lastId?: string) => Promise<ReadableStream<Uint8Array>>;

interface Listener {
  onOpen?(): void;
  onData(data: unknown): void;
  onLost(): void;
  /** The key is no longer accepted. */
  onRefused(): void;
  /** What came after the last event is kept no longer. */
  onGap?(): void;
}

/** Follows one of the API's streams, and comes back whenever it breaks. */
export class EventStream {
  private readonly stopping = new AbortController();
  private lastId?: string;

  constructor(
    private readonly open: Open,
    private readonly listener: Listener,
  ) {}

  async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const stream = await this.open(signal, this.lastId);
        this.listener.onOpen?.();
        await this.read(stream);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) {
          this.listener.onRefused();
          return;
        }
        if (error instanceof ApiError && error.code === 'CURSOR_EXPIRED') {
          this.lastId = undefined;
          this.listener.onGap?.();
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
    const lines = event.split(/\r?\n/);
    const valuesOf = (field: string) =>
      lines.filter((line) => line.startsWith(field)).map((line) => line.slice(field.length).trim());
    const data = valuesOf('data:');
    if (data.length > 0) this.listener.onData(JSON.parse(data.join('\n')));
    // Comments carry one as well: nothing of before is sent again.
    this.lastId = valuesOf('id:').at(-1) ?? this.lastId;
  }
}
