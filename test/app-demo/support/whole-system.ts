import { startAppDemo, type AppDemo } from '../../../src/app-demo/app-demo.js';
import type { AppDemoConfig } from '../../../src/app-demo/app-demo.options.js';
import { SUPERSERVICE, startTestApp, type TestApp } from '../../support/test-app.js';
import type { Answer, ApiClient } from '../../support/api-client.js';
import { derivedKey } from './fake-api.js';

/** The real API and the real demo, as one process runs them. */
export class WholeSystem {
  private constructor(
    private api: TestApp,
    readonly demo: AppDemo,
  ) {}

  static async start(config: Partial<AppDemoConfig> = {}): Promise<WholeSystem> {
    const api = await startTestApp({ CONTROLLER_WAIT_SECONDS: '10' });
    const demo = await startAppDemo({
      apiUrl: api.url,
      superserviceId: SUPERSERVICE.serviceId,
      superserviceKey: SUPERSERVICE.key,
      host: '127.0.0.1',
      port: 0,
      controllerPort: 0,
      ...config,
    });
    return new WholeSystem(api, demo);
  }

  get apiUrl(): string {
    return this.api.url;
  }

  get superservice(): ApiClient {
    return this.api.superservice;
  }

  /** A page's address, with what its link carries. */
  link(query: Record<string, string>): string {
    return `${this.demo.url}/?${new URLSearchParams(query).toString()}`;
  }

  /** A token string, as the page's own backend gets it. */
  async token(room: string, username: string, role = 'presenter'): Promise<string> {
    const response = await fetch(`${this.demo.url}/createToken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, role, room, type: 'p2p' }),
    });
    return response.text();
  }

  /** The demo's service and the id of its room of this name. */
  async find(name: string): Promise<{ service: string; room: string }> {
    const services = await this.superservice.get('/v1/services');
    const service = idByName(services, 'nuvem-demo');
    const rooms = await this.tenant(service).get('/v1/rooms');
    return { service, room: idByName(rooms, name) };
  }

  /** The demo's own service. */
  tenant(service: string): ApiClient {
    return this.superservice.as({
      serviceId: service,
      key: derivedKey(SUPERSERVICE.key, 'nuvem-demo'),
    });
  }

  /** A token for a room of another tenant, which the demo's backend knows nothing of. */
  async foreignToken(): Promise<string> {
    const tenant = await this.api.createService('somebody else');
    const room = await tenant.post('/rooms', { name: 'theirs', options: { p2p: true } });
    const { _id } = room.json as { _id: string };
    return (await tenant.token(_id, 'Ann', 'presenter')).text;
  }

  /** While they drain, nodes get no new rooms. */
  async drainNodes(draining: boolean): Promise<void> {
    const { json } = await this.superservice.get('/v1/nodes');
    for (const { id } of (json as { items: { id: string }[] }).items) {
      await this.superservice.patch(`/v1/nodes/${id}`, { draining });
    }
  }

  /** Sets how many a room takes, as the demo's own service. */
  async limitParticipants(name: string, maxParticipants: number): Promise<void> {
    const { service, room } = await this.find(name);
    const { status } = await this.tenant(service).patch(`/rooms/${room}`, {
      options: { maxParticipants },
    });
    if (status !== 200) throw new Error(`The room was not changed: ${status}`);
  }

  /** Stops the API and starts it again, on the same port and database. */
  async restartApi(): Promise<void> {
    const { databaseUri, url } = this.api;
    await this.api.close();
    this.api = await startTestApp({ MONGODB_URI: databaseUri, PORT: new URL(url).port });
  }

  async close(): Promise<void> {
    await this.demo.close();
    await this.api.close();
  }
}

function idByName({ json }: Answer, name: string): string {
  const { items } = json as { items: { id: string; name: string }[] };
  return String(items.find((one) => one.name === name)?.id);
}
