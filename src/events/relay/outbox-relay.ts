import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DatabaseClock } from '../../database/database-clock.js';
import type { Duty } from '../../database/leader/duty.js';
import { Leader } from '../../database/leader/leader.service.js';
import { Outbox } from '../../outbox/outbox.service.js';
import { LogTail } from '../log/log-tail.js';
import { LogWriter } from './log-writer.js';
import { clearOutboxes } from './outbox-clearing.js';
import { readOutboxes, readyEntries } from './outbox-reader.js';

/** How soon it looks again while it finds something, and when this instance has written events: so that some go together. */
const LINGER_MS = 60;
/** How often it looks for what nobody has told it of. */
const LOOK_MS = 5_000;

/**
 * Copies events from the documents that were changed to the log, on one instance at a time. An event leaves its document
 * when it is in the log, and is there once: whatever process ends when, it is copied again or is there.
 */
@Injectable()
export class OutboxRelay implements OnModuleInit, OnModuleDestroy {
  private duty?: Duty;
  private timer?: NodeJS.Timeout;
  private waited: ReadonlySet<string> = new Set();

  constructor(
    private readonly outbox: Outbox,
    private readonly writer: LogWriter,
    private readonly tail: LogTail,
    private readonly leader: Leader,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.duty = this.leader.duty('The relay of events', {
      everyMs: LOOK_MS,
      work: () => this.relay(),
      onBegin: () => this.writer.forget(),
    });
    this.outbox.watch(() => this.lookSoon());
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  private lookSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.duty?.wake();
    }, LINGER_MS).unref();
  }

  private async relay(): Promise<void> {
    const until = this.clock.now();
    const outboxes = await Promise.all(this.outbox.sources.map(readOutboxes));
    const { ready, waiting } = readyEntries(outboxes, until, this.waited);
    this.waited = waiting;
    if (outboxes.every(({ documents }) => documents.length === 0)) return;
    await this.writer.append(ready);
    this.tail.poke();
    const logged = new Set(ready);
    await Promise.all(outboxes.map((each) => clearOutboxes(each, logged)));
    this.lookSoon();
  }
}
