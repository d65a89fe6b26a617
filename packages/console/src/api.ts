import { ApiClient, type Credentials } from '@nuvem/client';
import { openStream, readAll } from './reading.js';
import { ServiceApi } from './service-api.js';
import type { Service } from './types.js';

/** The API serves this page, and is found from where the page's own files are: a proxy may stand in between. */
export const API_URL = new URL('..', import.meta.url).href;

/** The calls an operator makes, signed as the superservice. Each throws an ApiError when it is refused. */
export class ConsoleApi {
  private readonly client: ApiClient;

  constructor(credentials: Credentials) {
    this.client = new ApiClient(API_URL, credentials);
  }

  /** What may be asked in a service's name. */
  of(service: string): ServiceApi {
    return new ServiceApi(this.client, service);
  }

  services(): Promise<Service[]> {
    return readAll(this.client, '/v1/services');
  }

  async drain(node: string, draining: boolean): Promise<void> {
    await this.client.request('PATCH', `/v1/nodes/${node}`, { draining });
  }

  /** The open stream of snapshots. */
  activity(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return openStream(this.client, '/v1/activity', signal);
  }
}
