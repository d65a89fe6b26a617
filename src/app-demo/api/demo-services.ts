import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { AppDemoOptions } from '../app-demo.options.js';
import { ApiClient, ApiError, isRecord } from '@nuvem/client';

export type DemoServiceRole = 'tenant' | 'node';

const NAMES: Record<DemoServiceRole, string> = {
  tenant: 'nuvem-demo',
  node: 'nuvem-demo-node',
};

/**
 * The two services that the demo acts as. Their keys follow from the superservice's, so that
 * nothing is stored and every copy of the demo arrives at the same ones.
 */
@Injectable()
export class DemoServices {
  private readonly clients = new Map<DemoServiceRole, Promise<ApiClient>>();

  constructor(private readonly options: AppDemoOptions) {}

  /** A client that signs as this service; looked up, or made, at the first call that succeeds. */
  client(role: DemoServiceRole): Promise<ApiClient> {
    let client = this.clients.get(role);
    if (!client) {
      client = this.open(role);
      this.clients.set(role, client);
      // A failure is not kept: the API may be up when next asked.
      client.catch(() => this.clients.delete(role));
    }
    return client;
  }

  /** Forgets a service that the API no longer knows, so that the next call makes it anew. */
  forget(role: DemoServiceRole): void {
    this.clients.delete(role);
  }

  private async open(role: DemoServiceRole): Promise<ApiClient> {
    const { apiUrl, apiTimeoutMs, superserviceId, superserviceKey } = this.options;
    const superservice = new ApiClient(
      apiUrl,
      { serviceId: superserviceId, key: superserviceKey },
      apiTimeoutMs,
    );
    const name = NAMES[role];
    const key = createHmac('sha256', superserviceKey).update(name).digest('hex');
    const clientOf = (serviceId: string) => new ApiClient(apiUrl, { serviceId, key }, apiTimeoutMs);

    const existing = await findService(superservice, name);
    if (existing !== undefined) {
      const client = clientOf(existing);
      if (await isAccepted(client, existing)) return client;
      // Made under an earlier superservice key; nobody can sign as it any more.
      await superservice.request('DELETE', `/v1/services/${existing}`);
    }
    const made = await superservice.request('POST', '/v1/services', { name, role, key });
    if (!isRecord(made) || typeof made.id !== 'string') {
      throw new ApiError(0, 'NO_ANSWER', `No id for service ${name}`);
    }
    return clientOf(made.id);
  }
}

async function findService(superservice: ApiClient, name: string): Promise<string | undefined> {
  let query = '?limit=1000';
  for (;;) {
    const page = await superservice.request('GET', `/v1/services${query}`);
    if (!isRecord(page) || !Array.isArray(page.items)) return undefined;
    const found: unknown = page.items.find((each) => isRecord(each) && each.name === name);
    if (isRecord(found) && typeof found.id === 'string') return found.id;
    if (typeof page.next !== 'string') return undefined;
    query = `?limit=1000&cursor=${page.next}`;
  }
}

/** Whether the API knows the service by this key. */
async function isAccepted(client: ApiClient, service: string): Promise<boolean> {
  try {
    await client.request('GET', `/v1/services/${service}`);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}
