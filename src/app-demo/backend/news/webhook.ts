import { Injectable } from '@nestjs/common';
import { ApiError, isRecord, untilDone, type ApiClient } from '@nuvem/client';
import { DemoServices } from '../../api/demo-services.js';
import { AppDemoOptions } from '../../app-demo.options.js';

const DESCRIPTION = 'The demo, for its call page';
const TYPES = ['room.*', 'participant.*'];

interface OwnWebhook {
  id: string;
  url: string;
  enabled: boolean;
  isLost: boolean;
}

/** Has the API send what happens in the demo's rooms to this backend; the secret is in memory alone. */
@Injectable()
export class Webhook {
  private readonly stopping = new AbortController();
  private running?: Promise<unknown>;
  private id?: string;
  /** What its requests are signed with, once it is there. */
  secret?: string;

  constructor(
    private readonly services: DemoServices,
    private readonly options: AppDemoOptions,
  ) {}

  /** @param url where this backend is reached by the API */
  start(url: string): void {
    let hasWarned = false;
    this.running = untilDone(
      () => this.register(url),
      this.stopping.signal,
      (error) => {
        if (!hasWarned) {
          this.options.logger.warn(
            { err: error },
            'The demo has no webhook yet; it goes on trying',
          );
        }
        hasWarned = true;
      },
    );
  }

  /** Takes the webhook back: nobody is at its address any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    const { id } = this;
    if (id === undefined) return;
    this.id = undefined;
    // The API may have been stopped first: at the next start the webhook is found.
    await this.services
      .client('tenant')
      .then((client) => client.request('DELETE', `/v1/webhooks/${id}`))
      .catch(() => {});
  }

  /** Finds the webhook of an earlier run at this address, or makes one; takes away those whose demo is gone. */
  private async register(url: string): Promise<void> {
    const client = await this.services.client('tenant');
    await keepLog(client);
    const ours = await readOurs(client);
    for (const { id } of ours.filter((each) => each.url !== url && each.isLost)) {
      await client.request('DELETE', `/v1/webhooks/${id}`);
    }
    const existing = ours.find((each) => each.url === url);
    const answer = existing
      ? await takeOver(client, existing)
      : await client.request('POST', '/v1/webhooks', {
          url,
          types: TYPES,
          description: DESCRIPTION,
        });
    const { id, secret } = isRecord(answer) ? answer : {};
    if (typeof id !== 'string' || typeof secret !== 'string') {
      throw new ApiError(0, 'NO_ANSWER', 'No webhook in the answer');
    }
    this.id = id;
    this.secret = secret;
  }
}

/** A service that was made before there were event logs has none. */
async function keepLog(client: ApiClient): Promise<void> {
  const path = `/v1/services/${client.credentials.serviceId}`;
  const service = await client.request('GET', path);
  if (!isRecord(service) || service.eventLog !== 'off') return;
  await client.request('PATCH', path, { eventLog: 'on' });
}

async function readOurs(client: ApiClient): Promise<OwnWebhook[]> {
  const page = await client.request('GET', '/v1/webhooks?limit=20');
  const items: unknown[] = isRecord(page) && Array.isArray(page.items) ? page.items : [];
  return items
    .filter(isRecord)
    .filter(({ description }) => description === DESCRIPTION)
    .map(({ id, url, enabled, failingSince }) => ({
      id: String(id),
      url: String(url),
      enabled: enabled === true,
      isLost: enabled !== true || failingSince !== undefined,
    }));
}

/** The secret of before went with the process that had it. */
async function takeOver(client: ApiClient, { id, enabled }: OwnWebhook): Promise<unknown> {
  const path = `/v1/webhooks/${id}`;
  const answer = await client.request('POST', `${path}/rotate-secret`, { overlapSeconds: 0 });
  if (!enabled) await client.request('PATCH', path, { enabled: true });
  return answer;
}
