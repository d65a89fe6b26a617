import type { Types } from 'mongoose';
import { setTimeout } from 'node:timers/promises';
import { ApiException } from '../../common/errors/api.exception.js';
import type { EventLog } from '../../events/log/event-log.js';
import type { LoggedEvent } from '../../events/log/logged-event.js';
import { Lanes } from './lanes.js';
import { Progress } from './progress.js';
import type { SendingLoad } from './sending-load.js';

const BATCH = 64;
/** What is read and not settled: no more is read then. */
const MAX_OPEN = 192;
const MAX_CHARACTERS = 4_000_000;
/** What comes meanwhile is read together. */
const READ_GAP_MS = 20;

export interface PumpOptions {
  log: EventLog;
  load: SendingLoad;
  service: Types.ObjectId;
  /** The sequence after which it begins. */
  after: number;
  /** The last one that it takes; left out where it goes on for good. */
  upTo?: number;
  wants: (event: LoggedEvent) => boolean;
  /** Sends an event. What it resolves to resolves when the outcome is written down. */
  deliver: (event: LoggedEvent) => Promise<{ recorded: Promise<void> }>;
  /** Called when events after `from` up to `to` are kept no longer. */
  missed: (from: number, to: number) => Promise<void>;
  signal: AbortSignal;
}

/** Sends a log's events: those of one room in their order, those of several side by side. */
export class EventPump {
  private readonly lanes: Lanes<LoggedEvent>;
  private readonly progress: Progress;
  private position: number;
  private characters = 0;
  private readonly end = new AbortController();
  private failure?: { error: unknown };
  private onSettled = (): void => undefined;

  constructor(private readonly options: PumpOptions) {
    this.position = options.after;
    this.progress = new Progress(options.after);
    this.lanes = new Lanes(
      (event) => this.send(event),
      () => options.load.widthForOne,
    );
  }

  /** The sequence up to which nothing is left to do. */
  get cursor(): number {
    return this.progress.cursor;
  }

  /**
   * Goes on until it has reached its end, or is told to stop.
   *
   * @throws what went wrong with the log, or with writing an outcome down: what is not settled is to be sent again
   */
  async run(): Promise<void> {
    const { upTo = Infinity, signal } = this.options;
    const stop = (): void => this.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      while (!this.end.signal.aborted && this.position < upTo) {
        for (const event of await this.next()) if (event.sequence <= upTo) this.take(event);
        await this.until(() => this.hasRoom);
        await setTimeout(READ_GAP_MS, undefined, { ref: false });
      }
      await this.until(() => this.progress.openCount === 0);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
    if (this.failure) throw this.failure.error;
  }

  private async next(): Promise<LoggedEvent[]> {
    const { log, service } = this.options;
    const events = await this.read();
    if (events.length > 0) return events;
    const changed = log.changed(service, this.end.signal);
    const since = await this.read();
    if (since.length === 0) await changed;
    return since;
  }

  private async read(): Promise<LoggedEvent[]> {
    const { log, service, missed } = this.options;
    try {
      return await log.read(service, this.position, BATCH);
    } catch (error) {
      const oldest = expiredBefore(error);
      if (oldest === undefined) throw error;
      await missed(this.position + 1, oldest);
      this.position = oldest;
      this.progress.skip(oldest);
      return log.read(service, this.position, BATCH);
    }
  }

  private take(event: LoggedEvent): void {
    const { sequence, room, data } = event;
    this.position = sequence;
    if (!this.options.wants(event)) return this.progress.skip(sequence);
    this.progress.begin(sequence);
    this.characters += data.length;
    this.options.load.take(data.length);
    this.lanes.add(room?.toHexString() ?? '', event);
  }

  private async send(event: LoggedEvent): Promise<void> {
    if (this.end.signal.aborted) return;
    try {
      const { recorded } = await this.options.deliver(event);
      // The next event of the room does not wait for it.
      recorded.then(
        () => this.settle(event),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  private settle({ sequence, data }: LoggedEvent): void {
    this.progress.settle(sequence);
    this.release(data.length);
    this.onSettled();
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.stop();
  }

  private stop(): void {
    this.end.abort();
    this.lanes.clear();
    this.release(this.characters);
    this.onSettled();
  }

  private release(characters: number): void {
    // Once it has stopped, all is released.
    const held = Math.min(characters, this.characters);
    this.characters -= held;
    this.options.load.release(held);
  }

  private get hasRoom(): boolean {
    const { openCount } = this.progress;
    if (openCount === 0) return true;
    const { load } = this.options;
    return openCount < MAX_OPEN && this.characters < MAX_CHARACTERS && !load.isFull;
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!this.end.signal.aborted && !isSo()) {
      await new Promise<void>((resolve) => (this.onSettled = resolve));
    }
  }
}

/** The sequence up to which nothing is kept, if that is what is wrong. */
function expiredBefore(error: unknown): number | undefined {
  if (!(error instanceof ApiException) || error.code !== 'CURSOR_EXPIRED') return undefined;
  return Number(error.extensions?.['oldest']);
}
