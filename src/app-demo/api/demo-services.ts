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
      if (await isAccepted(client, role)) return client;
      // Made under an earlier superservice key; nobody can sign as it any more.
      await superservice.request('DELETE', `/services/${existing}`);
    }
    const id = await superservice.request('POST', '/services', { name, role, key });
    if (typeof id !== 'string') throw new ApiError(0, 'NO_ANSWER', `No id for service ${name}`);
    return clientOf(id);
  }
}

async function findService(superservice: ApiClient, name: string): Promise<string | undefined> {
  const services = await superservice.request('GET', '/services');
  if (!Array.isArray(services)) return undefined;
  const found: unknown = services.find((service) => isRecord(service) && service.name === name);
  return isRecord(found) && typeof found._id === 'string' ? found._id : undefined;
}

async function isAccepted(client: ApiClient, role: DemoServiceRole): Promise<boolean> {
  try {
    await client.request('GET', role === 'tenant' ? '/rooms?limit=1' : '/v1/nodes');
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    // Known, but not allowed this very call: the signature was good.
    if (error instanceof ApiError && !error.isOutage) return true;
    throw error;
  }
}
