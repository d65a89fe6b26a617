import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { DatabaseClock } from '../database/database-clock.js';
import { eventId } from '../events/log/logged-event.js';
import type { WebhookTestEventDto } from './dto/webhook-test-event.dto.js';
import type { Webhook } from './schemas/webhook.schema.js';
import { WebhookSender, type Outcome } from './sending/webhook-sender.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhooksService } from './webhooks.service.js';

/** Tries webhooks out, also those that are switched off. */
@Injectable()
export class WebhookTestsService {
  /** By webhook: who asks meanwhile is answered the same, so that no tenant has more sent than it has webhooks. */
  private readonly underWay = new Map<string, Promise<Outcome>>();

  constructor(
    private readonly webhooks: WebhooksService,
    private readonly secrets: WebhookSecrets,
    private readonly sender: WebhookSender,
    private readonly clock: DatabaseClock,
  ) {}

  /** Sends an event that is in no log. @throws WEBHOOK_NOT_FOUND */
  async run(service: Types.ObjectId, id: string): Promise<Outcome> {
    const webhook = await this.webhooks.findWhole(service, id);
    const key = webhook._id.toHexString();
    const others = this.underWay.get(key);
    if (others) return others;
    const test = this.send(webhook).finally(() => this.underWay.delete(key));
    this.underWay.set(key, test);
    return test;
  }

  private send(webhook: Webhook): Promise<Outcome> {
    const { _id, service, url } = webhook;
    const now = this.clock.now();
    const id = eventId({ id: new Types.ObjectId() });
    const data: WebhookTestEventDto = { webhook: { id: _id.toHexString(), url } };
    const body = JSON.stringify({
      id,
      type: 'webhook.test',
      timestamp: new Date(now).toISOString(),
      serviceId: service.toHexString(),
      data,
    });
    return this.sender.send({ url, secrets: this.secrets.current(webhook, now), id, body });
  }
}
