import { Injectable, Logger } from '@nestjs/common';
import { DatabaseClock } from '../../database/database-clock.js';
import { EventLog } from '../../events/log/event-log.js';
import { eventId, eventJson, type LoggedEvent } from '../../events/log/logged-event.js';
import { EventRecorder } from '../../services/event-recorder.js';
import type { Attempt } from '../attempt.js';
import { DeliveriesRepository, type DeliveryState } from '../deliveries.repository.js';
import { KEPT_MS } from '../delivery-retention.js';
import type { DisabledReason } from '../disabled-reason.js';
import { WebhookDisabledEventDto } from '../dto/webhook-disabled-event.dto.js';
import type { WebhookDelivery } from '../schemas/webhook-delivery.schema.js';
import type { Webhook } from '../schemas/webhook.schema.js';
import { retryDelayMs } from '../sending/retry-schedule.js';
import { WebhookSender, type Outcome } from '../sending/webhook-sender.js';
import { noneIfRefused } from './none-if-refused.js';
import type { Target } from './target.js';
import { TargetsRepository } from './targets.repository.js';

/** What became of an attempt. */
export interface Delivered {
  outcome: Outcome;
  /** When it is tried again, if it is. */
  nextAttemptAt?: Date;
  /** Resolves when it is written down. */
  recorded: Promise<void>;
}

/** Sends one event to one webhook, and writes down what became of it. */
@Injectable()
export class Deliverer {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly sender: WebhookSender,
    private readonly deliveries: DeliveriesRepository,
    private readonly targets: TargetsRepository,
    private readonly log: EventLog,
    private readonly recorder: EventRecorder,
    private readonly clock: DatabaseClock,
  ) {}

  async deliver(target: Target, event: LoggedEvent): Promise<Delivered> {
    const outcome = await this.send(target, event);
    const state = this.stateAfter(outcome, 1);
    const { id, type, sequence, service } = event;
    const key = { service, webhook: target.webhook._id, event: id, type, sequence };
    const recorded = this.deliveries.record(key, state, attemptOf(outcome));
    return { outcome, nextAttemptAt: state.nextAttemptAt, recorded };
  }

  /** @returns undefined where the event is kept no longer: the delivery has failed for good */
  async redeliver(target: Target, delivery: WebhookDelivery): Promise<Delivered | undefined> {
    const event = await this.find(delivery);
    if (!event) {
      const { failures, expiresAt } = delivery;
      await this.deliveries.recordRetry(delivery, { status: 'failed', failures, expiresAt });
      return undefined;
    }
    const outcome = await this.send(target, event);
    const state = this.stateAfter(outcome, delivery.failures + 1);
    const recorded = this.deliveries.recordRetry(delivery, state, attemptOf(outcome));
    return { outcome, nextAttemptAt: state.nextAttemptAt, recorded };
  }

  /** Switches a webhook off, and tells so in its service's log. */
  async disable(webhook: Webhook, reason: DisabledReason): Promise<void> {
    const { _id, service, url } = webhook;
    const data = WebhookDisabledEventDto.of({ id: _id.toHexString(), url }, reason);
    const entries = await this.recorder.record('webhook.disabled', { service, data });
    if (!(await this.targets.disable(webhook, reason, entries))) return;
    this.recorder.written(entries);
    this.logger.warn(`Webhook ${_id.toHexString()} is switched off: ${reason}`);
  }

  private send({ webhook, secrets }: Target, event: LoggedEvent): Promise<Outcome> {
    return this.sender.send({
      url: webhook.url,
      secrets,
      id: eventId(event),
      body: eventJson(event),
    });
  }

  private async find({
    service,
    sequence,
    event: id,
  }: WebhookDelivery): Promise<LoggedEvent | undefined> {
    const [event] = await this.log.read(service, sequence - 1, 1).catch(noneIfRefused);
    return event?.id.equals(id) ? event : undefined;
  }

  private stateAfter({ isSuccess, askedMs }: Outcome, failures: number): DeliveryState {
    const now = this.clock.now();
    const expiresAt = new Date(now + KEPT_MS);
    if (isSuccess) return { status: 'delivered', failures: 0, expiresAt };
    const delayMs = retryDelayMs(failures, askedMs);
    if (delayMs === undefined) return { status: 'failed', failures, expiresAt };
    return { status: 'pending', failures, nextAttemptAt: new Date(now + delayMs), expiresAt };
  }
}

function attemptOf({ at, status, durationMs, error }: Outcome): Attempt {
  return {
    at,
    ...(status !== undefined && { status }),
    durationMs,
    ...(error !== undefined && { error }),
  };
}
