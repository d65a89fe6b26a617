import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { isExpected, isMadeBy, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { parseObjectId } from '../common/object-id.js';
import { DatabaseClock } from '../database/database-clock.js';
import { EventLog } from '../events/log/event-log.js';
import { ServiceRemovals } from '../services/service-removals.js';
import { ServicesService } from '../services/services.service.js';
import type { SigningService } from '../services/signing-service.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { WebhookDispatcher } from './dispatch/webhook-dispatcher.service.js';
import type { Webhook } from './schemas/webhook.schema.js';
import { WebhookAddresses } from './webhook-addresses.js';
import { WebhookSecrets } from './webhook-secrets.js';
import type { WebhookChanges, WebhookSettings, WebhookView } from './webhook-view.js';
import { MAX_WEBHOOKS, WebhooksRepository } from './webhooks.repository.js';

/** More than one rotation may be under way; more than these need not be. */
const MAX_PREVIOUS_SECRETS = 4;

export interface WithSecret {
  webhook: WebhookView;
  secret: string;
}

/** Where a tenant has its events sent. Another tenant's webhook does not exist here. */
@Injectable()
export class WebhooksService implements OnModuleInit {
  constructor(
    private readonly repository: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly dispatcher: WebhookDispatcher,
    private readonly addresses: WebhookAddresses,
    private readonly secrets: WebhookSecrets,
    private readonly log: EventLog,
    private readonly services: ServicesService,
    private readonly removals: ServiceRemovals,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoved(async (service) => {
      await this.repository.removeAll(service);
      await this.deliveries.removeAll(service);
    });
  }

  /**
   * @param id of the webhook, where whoever asks may ask again: the one that has it already is answered
   * @throws INVALID_REQUEST for an address that is refused, WEBHOOK_LIMIT, UNAUTHENTICATED when the service was deleted
   */
  async create(
    service: Pick<SigningService, '_id' | 'readAt'>,
    settings: WebhookSettings,
    id = new Types.ObjectId(),
  ): Promise<WithSecret> {
    await this.checkUrl(settings.url);
    const made = await this.repository.insert({
      ...settings,
      _id: id,
      service: service._id,
      sealedSecret: this.secrets.make(),
      cursor: await this.log.latest(service._id),
      createdAt: new Date(this.clock.now()),
    });
    if (!made) {
      const detail = `A service has ${MAX_WEBHOOKS} webhooks at most`;
      throw new ApiException('WEBHOOK_LIMIT', { detail });
    }
    if (!(await this.services.isStillThere(service))) {
      await this.repository.remove(service._id, made._id);
      throw new ApiException('UNAUTHENTICATED', { cause: 'service deleted' });
    }
    this.dispatcher.look();
    return this.withSecret(made);
  }

  /** The oldest first. */
  find(
    service: Types.ObjectId,
    page: { limit: number; after?: Types.ObjectId },
  ): Promise<WebhookView[]> {
    return this.repository.find(service, page);
  }

  /** @throws WEBHOOK_NOT_FOUND */
  async findOne(service: Types.ObjectId, id: string): Promise<WebhookView> {
    return orThrow(await this.repository.findOne(service, webhookId(id)));
  }

  /** The same, with its secrets. */
  async findWhole(service: Types.ObjectId, id: string): Promise<Webhook> {
    return orThrow(await this.repository.findWhole(service, webhookId(id)));
  }

  /**
   * Changes what is given; nothing where nothing is.
   *
   * @throws WEBHOOK_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST for an address that is refused
   */
  async update(
    service: Types.ObjectId,
    id: string,
    changes: WebhookChanges,
    guarded: Guarded,
  ): Promise<WebhookView> {
    const _id = webhookId(id);
    const isChange = Object.values(changes).some((value) => value !== undefined);
    if (!isChange) return this.findExpected(service, _id, guarded);
    if (changes.url !== undefined) await this.checkUrl(changes.url);
    const changed = await this.repository.update(service, _id, changes, guarded);
    if (changed) this.dispatcher.look();
    // Tells why: it is gone, of another revision, or changed so before.
    return changed ?? this.findExpected(service, _id, { ...guarded, expected: [] });
  }

  /** @throws WEBHOOK_NOT_FOUND, PRECONDITION_FAILED */
  async remove(service: Types.ObjectId, id: string, expected?: ExpectedRevisions): Promise<void> {
    const _id = webhookId(id);
    if (await this.repository.remove(service, _id, expected)) return;
    await this.findExpected(service, _id, { expected: [] });
  }

  /**
   * Makes a new secret, and signs with those before as well for a while.
   *
   * @throws WEBHOOK_NOT_FOUND
   */
  async rotate(
    service: Types.ObjectId,
    id: string,
    overlapSeconds: number,
    changeId?: Types.ObjectId,
  ): Promise<WithSecret> {
    for (;;) {
      const webhook = await this.findWhole(service, id);
      if (isMadeBy(changeId, webhook)) return this.withSecret(webhook);
      const now = this.clock.now();
      const until = new Date(now + overlapSeconds * 1000);
      const previous = { sealed: webhook.sealedSecret, until };
      // None is good for longer than the one before.
      const live = [previous, ...(webhook.previousSecrets ?? [])]
        .map((each) => (each.until < until ? each : { ...each, until }))
        .filter((each) => each.until.getTime() > now)
        .slice(0, MAX_PREVIOUS_SECRETS);
      const secret = {
        from: webhook.sealedSecret,
        sealedSecret: this.secrets.make(),
        previousSecrets: live,
      };
      const rotated = await this.repository.rotate(service, webhook._id, secret, { changeId });
      // Otherwise another was faster: its secret is one of those before.
      if (!rotated) continue;
      this.dispatcher.look();
      return this.withSecret(rotated);
    }
  }

  private withSecret(webhook: Webhook): WithSecret {
    return { webhook, secret: this.secrets.open(webhook.sealedSecret) };
  }

  private async checkUrl(url: string): Promise<void> {
    const mistake = await this.addresses.mistakeIn(url);
    if (mistake !== undefined) throw ApiException.ofFields(['url'], mistake);
  }

  private async findExpected(
    service: Types.ObjectId,
    _id: Types.ObjectId,
    guarded: Guarded,
  ): Promise<WebhookView> {
    const webhook = orThrow(await this.repository.findOne(service, _id));
    if (!isExpected(webhook, guarded)) throw new ApiException('PRECONDITION_FAILED');
    return webhook;
  }
}

function orThrow<T>(found: T | null): T {
  if (found === null) throw new ApiException('WEBHOOK_NOT_FOUND');
  return found;
}

/** A string that can be no id names a webhook that does not exist. */
function webhookId(id: string): Types.ObjectId {
  return orThrow(parseObjectId(id));
}
