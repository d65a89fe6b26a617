import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { DatabaseClock } from '../database/database-clock.js';
import { EventLog } from '../events/log/event-log.js';
import { DeliveriesRepository, type DeliveryPage } from './deliveries.repository.js';
import { TargetsRepository } from './dispatch/targets.repository.js';
import { WebhookDispatcher } from './dispatch/webhook-dispatcher.service.js';
import type { WebhookDelivery } from './schemas/webhook-delivery.schema.js';
import { WebhooksService } from './webhooks.service.js';

/** What became of events at a tenant's webhooks, and what is to be sent once more. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly repository: DeliveriesRepository,
    private readonly targets: TargetsRepository,
    private readonly dispatcher: WebhookDispatcher,
    private readonly log: EventLog,
    private readonly clock: DatabaseClock,
  ) {}

  /** The newest event first. @throws WEBHOOK_NOT_FOUND */
  async find(
    service: Types.ObjectId,
    webhook: string,
    page: DeliveryPage,
  ): Promise<WebhookDelivery[]> {
    const { _id } = await this.webhooks.findOne(service, webhook);
    return this.repository.find(service, _id, page);
  }

  /**
   * Has an event sent once more, now and if need be by the schedule.
   *
   * @throws WEBHOOK_NOT_FOUND, DELIVERY_NOT_FOUND
   */
  async redeliver(
    service: Types.ObjectId,
    webhook: string,
    delivery: string,
  ): Promise<WebhookDelivery> {
    const { _id } = await this.webhooks.findOne(service, webhook);
    const id = parseObjectId(delivery);
    const at = new Date(this.clock.now());
    const found = id && (await this.repository.redeliver(service, _id, id, at));
    if (!found) throw new ApiException('DELIVERY_NOT_FOUND');
    await this.targets.touch(service, _id);
    this.dispatcher.look();
    return found;
  }

  /**
   * Has all sent once more that came after a sequence, up to what is sent for the first time.
   *
   * @param id of the recovery, where whoever asks may ask again
   * @throws WEBHOOK_NOT_FOUND; CURSOR_EXPIRED when some of it is kept no longer; INVALID_REQUEST for no sequence of the log
   */
  async recover(
    service: Types.ObjectId,
    webhook: string,
    after: number,
    id = new Types.ObjectId(),
  ): Promise<{ after: number; upTo: number }> {
    const { _id, cursor: upTo } = await this.webhooks.findOne(service, webhook);
    await this.log.read(service, after, 1);
    if (after < upTo) {
      const isThere = await this.targets.beginRecovery(service, _id, { id, after, upTo });
      if (!isThere) throw new ApiException('WEBHOOK_NOT_FOUND');
      this.dispatcher.look();
    }
    return { after, upTo };
  }
}
