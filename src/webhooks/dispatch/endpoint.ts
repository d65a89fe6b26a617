import { Logger } from '@nestjs/common';
import type { Types } from 'mongoose';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../common/clock.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import type { EventLog } from '../../events/log/event-log.js';
import type { LoggedEvent } from '../../events/log/logged-event.js';
import type { DeliveriesRepository } from '../deliveries.repository.js';
import { EventFilter } from '../event-filter.js';
import type { WebhookDelivery } from '../schemas/webhook-delivery.schema.js';
import type { Recovery } from '../schemas/webhook.schema.js';
import type { WebhookSecrets } from '../webhook-secrets.js';
import type { Deliverer, Delivered } from './deliverer.service.js';
import { EventPump } from './event-pump.js';
import { FailingStreak } from './failing-streak.js';
import { Retries } from './retries.js';
import type { SendingLoad } from './sending-load.js';
import type { Target } from './target.js';
import type { Notice, TargetsRepository } from './targets.repository.js';

/** A webhook that was changed, switched off or deleted on any instance is sent to as it was for no longer. */
const KNOWN_MS = 900;
const AGAIN_MS = 1_000;
const GONE = 410;

export interface EndpointContext {
  deliverer: Deliverer;
  deliveries: DeliveriesRepository;
  targets: TargetsRepository;
  secrets: WebhookSecrets;
  log: EventLog;
  load: SendingLoad;
  clock: Clock;
  databaseClock: DatabaseClock;
  /** Whether this instance is still the one that sends. */
  isLeading: () => boolean;
}

/** One webhook that is being sent to: what is new, what is due once more, and what was asked for again. */
export class Endpoint {
  private readonly logger = new Logger('Webhooks');
  private readonly end = new AbortController();
  private readonly retries: Retries;
  private readonly streak: FailingStreak;
  private readonly underWay = new Set<Promise<unknown>>();
  private known?: Target;
  private reading?: Promise<Target>;
  private filter = new EventFilter({ types: [] });
  private pump?: EventPump;
  private savedCursor = 0;
  private recovery?: { id: Types.ObjectId; end: AbortController };
  /** Whether it was stopped because another instance may be sending. */
  hasLostLead = false;
  changes: number;

  constructor(
    readonly notice: Notice,
    private readonly context: EndpointContext,
  ) {
    this.changes = notice.changes;
    const { deliveries, databaseClock, targets } = context;
    this.streak = new FailingStreak(notice._id, targets, databaseClock);
    this.retries = new Retries(
      notice._id,
      deliveries,
      databaseClock,
      (delivery) => this.redeliver(delivery),
      this.end.signal,
    );
    this.track(this.runAgainAndAgain());
  }

  /** It was changed, or something of it is due. */
  look({ changes }: Notice): void {
    this.changes = changes;
    this.known = undefined;
    this.retries.expect();
  }

  get isStopped(): boolean {
    return this.end.signal.aborted;
  }

  stop(): void {
    this.end.abort();
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }

  /** What is to be done from time to time. @returns the cursor, if it has moved since it was asked for */
  tick(): number | undefined {
    if (!this.isStopped) {
      this.track(this.retries.start());
      if (!this.known) this.track(this.current());
      this.track(this.streak.save());
      this.track(this.recover());
    }
    const cursor = this.pump?.cursor ?? 0;
    if (cursor <= this.savedCursor) return undefined;
    this.savedCursor = cursor;
    return cursor;
  }

  /** Its cursor could not be written down. */
  forgetCursor(): void {
    this.savedCursor = 0;
  }

  private async runAgainAndAgain(): Promise<void> {
    while (!this.isStopped) {
      await this.run().catch((error: unknown) => this.tellAgain(error));
      if (!this.isStopped) await setTimeout(AGAIN_MS, undefined, { ref: false });
    }
  }

  private async run(): Promise<void> {
    this.known = undefined;
    const { webhook } = await this.current();
    if (this.isStopped) return;
    this.savedCursor = webhook.cursor;
    this.pump = this.pumpFrom(webhook.cursor, this.end.signal);
    await this.pump.run();
  }

  private pumpFrom(after: number, signal: AbortSignal, upTo?: number): EventPump {
    const { log, load, targets, databaseClock } = this.context;
    const { _id, service } = this.notice;
    return new EventPump({
      log,
      load,
      service,
      after,
      upTo,
      wants: (event) => this.filter.wants(event),
      deliver: (event) => this.deliver(event),
      missed: (from, to) =>
        targets.noteMissed(_id, { from, to, at: new Date(databaseClock.now()) }),
      signal,
    });
  }

  /** Sends a part of the log once more, if that was asked for. */
  private async recover(): Promise<void> {
    const wanted = this.known?.webhook.recovery;
    if (!wanted || this.recovery?.id.equals(wanted.id)) return;
    this.recovery?.end.abort();
    const recovery = { id: wanted.id, end: new AbortController() };
    this.recovery = recovery;
    try {
      await this.runRecovery(wanted, AbortSignal.any([recovery.end.signal, this.end.signal]));
    } catch (error) {
      // Begun again at the next turn.
      if (this.recovery === recovery) this.recovery = undefined;
      throw error;
    }
  }

  private async runRecovery({ id, after, upTo }: Recovery, signal: AbortSignal): Promise<void> {
    const { targets } = this.context;
    const { _id } = this.notice;
    const pump = this.pumpFrom(after, signal, upTo);
    const save = (): void => this.track(targets.saveRecovery(_id, id, pump.cursor));
    const saving = setInterval(save, AGAIN_MS);
    try {
      await pump.run();
    } finally {
      clearInterval(saving);
    }
    if (!signal.aborted) await targets.endRecovery(_id, id);
  }

  private deliver(event: LoggedEvent): Promise<Delivered> {
    const delivered = this.deliverNow(event);
    this.track(delivered.then(({ recorded }) => recorded));
    return delivered;
  }

  private async deliverNow(event: LoggedEvent): Promise<Delivered> {
    const target = await this.current();
    const { deliverer, load } = this.context;
    return this.note(target, await load.count(deliverer.deliver(target, event)));
  }

  private async redeliver(delivery: WebhookDelivery): Promise<void> {
    const target = await this.current();
    const { deliverer, load } = this.context;
    const delivered = await load.count(deliverer.redeliver(target, delivery));
    if (delivered) await (await this.note(target, delivered)).recorded;
  }

  private async note({ webhook }: Target, delivered: Delivered): Promise<Delivered> {
    const { outcome, nextAttemptAt, recorded } = delivered;
    if (outcome.isSuccess) {
      this.streak.succeeded();
      return delivered;
    }
    await recorded;
    if (nextAttemptAt) this.retries.expect(nextAttemptAt.getTime());
    const isOver = this.streak.failed();
    if (outcome.status === GONE || isOver) {
      await this.context.deliverer.disable(webhook, outcome.status === GONE ? 'gone' : 'failing');
      this.known = undefined;
    }
    return delivered;
  }

  /** The webhook as it was a second ago, or later. @throws when it is to be sent to no more */
  private async current(): Promise<Target> {
    const { clock, isLeading } = this.context;
    if (!isLeading()) {
      this.hasLostLead = true;
      this.stop();
    }
    const { known } = this;
    if (known && clock.monotonic() - known.readAt < KNOWN_MS) return this.orStop(known);
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.orStop(await this.reading);
  }

  private async read(): Promise<Target> {
    const { clock, databaseClock, secrets, targets } = this.context;
    const readAt = clock.monotonic();
    const webhook = await targets.find(this.notice._id);
    if (!webhook?.enabled) {
      this.stop();
      throw new Error('It is gone, or switched off');
    }
    this.streak.take(webhook);
    this.filter = new EventFilter(webhook);
    const current = secrets.current(webhook, databaseClock.now());
    this.known = { webhook, secrets: current, readAt };
    return this.known;
  }

  private orStop(known: Target): Target {
    if (this.isStopped) throw new Error('It is stopped');
    return known;
  }

  private tellAgain(error: unknown): void {
    if (this.isStopped) return;
    this.logger.debug(`Webhook ${this.notice._id.toHexString()} goes on again: ${String(error)}`);
  }

  private track(work: Promise<unknown> | undefined): void {
    if (!work) return;
    const settled = work.catch((error: unknown) => this.tellAgain(error));
    this.underWay.add(settled);
    void settled.then(() => this.underWay.delete(settled));
  }
}
