import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EventsRepository } from './events.repository.js';
import { numberIn, type LoggedEvent, type LogScope } from './logged-event.js';

/** How soon events that another instance has logged are seen here. */
const POLL_MS = 100;
/** How long it is followed after somebody has last waited. */
const FOLLOWED_MS = 5_000;
const BATCH = 500;
/** What is kept in memory for those who follow: beyond that they read the database. */
const MAX_EVENTS = 1_000;
const MAX_CHARACTERS = 4_000_000;

/** The end of the log, read once for all who follow it on this instance, and not at all while nobody does. */
@Injectable()
export class LogTail implements OnModuleDestroy {
  private readonly logger = new Logger(LogTail.name);
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly recent = new Map<string, LoggedEvent[]>();
  private all: LoggedEvent[] = [];
  private characters = 0;
  private head?: number;
  private idle = 0;
  private timer?: NodeJS.Timeout;
  private reading = false;
  private ended = false;

  constructor(private readonly repository: EventsRepository) {}

  /** Lets all go who wait: what follows the log ends with the process. */
  onModuleDestroy(): void {
    this.ended = true;
    this.rest();
    for (const key of this.waiting.keys()) this.wake(key);
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /**
   * Waits until that log may have got something more. Call it, then read, then wait for what it returns: so that nothing
   * comes between.
   */
  changed(scope: LogScope, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.ended) return Promise.resolve();
    this.follow();
    return new Promise((resolve) => {
      const key = keyOf(scope);
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.waiting.get(key)?.delete(done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      const others = this.waiting.get(key);
      if (others) others.add(done);
      else this.waiting.set(key, new Set([done]));
    });
  }

  /**
   * Events of that log after a number, where memory has them, and none after the last that it has; otherwise undefined. What
   * another instance has logged is there within a tenth of a second.
   */
  recall(scope: LogScope, after: number, limit: number): LoggedEvent[] | undefined {
    if (this.head === undefined) return undefined;
    const events = (scope === 'all' ? this.all : this.recent.get(keyOf(scope))) ?? [];
    const [first] = events;
    if (!first) return undefined;
    const start = after + 1 - numberIn(scope, first);
    return start >= 0 && start <= events.length ? events.slice(start, start + limit) : undefined;
  }

  /** Looks now: this instance has logged something. */
  poke(): void {
    if (this.timer !== undefined) void this.read();
  }

  private follow(): void {
    this.idle = 0;
    if (this.timer !== undefined) return;
    this.timer = setInterval(() => void this.read(), POLL_MS).unref();
    void this.read();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.head = undefined;
    this.all = [];
    this.characters = 0;
    this.recent.clear();
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      if (this.head === undefined) {
        this.head = await this.repository.lastNumber('all');
        // They may have missed what came while this was asked.
        for (const key of this.waiting.keys()) this.wake(key);
      } else await this.readOn(this.head);
    } catch (error) {
      this.logger.debug(`The log is read again: ${String(error)}`);
    } finally {
      this.reading = false;
    }
    this.idle = [...this.waiting.values()].some(({ size }) => size > 0) ? 0 : this.idle + POLL_MS;
    if (this.idle > FOLLOWED_MS) this.rest();
  }

  private async readOn(head: number): Promise<void> {
    for (let after = head; ;) {
      const events = await this.repository.find('all', after, BATCH);
      for (const event of events) this.keep(event);
      for (const key of new Set(events.map(({ service }) => keyOf(service)))) this.wake(key);
      if (events.length > 0) this.wake('all');
      after = events.at(-1)?._id ?? after;
      this.head = after;
      if (events.length < BATCH) return;
    }
  }

  private keep(event: LoggedEvent): void {
    const key = keyOf(event.service);
    const own = this.recent.get(key);
    if (own) own.push(event);
    else this.recent.set(key, [event]);
    this.all.push(event);
    this.characters += event.data.length;
    while (this.all.length > MAX_EVENTS || this.characters > MAX_CHARACTERS) this.drop();
  }

  private drop(): void {
    const oldest = this.all.shift();
    if (!oldest) return;
    this.characters -= oldest.data.length;
    const key = keyOf(oldest.service);
    const own = this.recent.get(key);
    own?.shift();
    if (own?.length === 0) this.recent.delete(key);
  }

  private wake(key: string): void {
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    for (const done of waiting ?? []) done();
  }
}

function keyOf(scope: LogScope): string {
  return scope === 'all' ? scope : scope.toHexString();
}
