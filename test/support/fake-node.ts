import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseControl } from '@nuvem/client';
import { verifyControl } from '@nuvem/client/node';
import type { ApiClient } from './api-client.js';

interface FakeUser {
  name: string;
  role: string;
  permissions: Record<string, boolean>;
}

/** An ErizoController over REST: registers, beats, and answers its control URL. */
export class FakeNode {
  /** Participants by room id. */
  readonly rooms = new Map<string, FakeUser[]>();
  /** The control calls that came in, as `METHOD /path`. */
  readonly calls: string[] = [];
  id = '';
  /** What a kick of nobody is answered: Licode's ErizoController says Success. */
  kickOfNobody: 'Success' | 'User does not exist' = 'Success';
  /** Until when it says nobody who is in. */
  listsAfter: Promise<void> = Promise.resolve();
  private readonly server: Server;
  private timer?: NodeJS.Timeout;

  private constructor(
    readonly client: ApiClient,
    readonly registration: Record<string, unknown>,
  ) {
    this.server = createServer((request, response) => {
      const { status, body } = this.answer(request);
      const respond = (): void => {
        response.writeHead(status, {
          'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
        });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
      if (request.method === 'GET') void this.listsAfter.then(respond);
      else respond();
    });
  }

  /**
   * Starts and registers a node.
   *
   * @param client signs as a service of role `node`
   */
  static async start(
    client: ApiClient,
    registration: Record<string, unknown> = {},
  ): Promise<FakeNode> {
    const node = new FakeNode(client, registration);
    node.server.listen(0, '127.0.0.1');
    await once(node.server, 'listening');
    await node.register();
    return node;
  }

  get controlUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async register(): Promise<void> {
    const { status, text, json } = await this.client.post('/v1/nodes', {
      ip: '192.0.2.2',
      hostname: '',
      port: 8080,
      secure: false,
      controlUrl: this.controlUrl,
      ...this.registration,
    });
    if (status !== 201) throw new Error(`Registration answered ${status} ${text}`);
    this.id = (json as { id: string }).id;
  }

  beat(report: { state?: number; load?: number } = {}): ReturnType<ApiClient['put']> {
    return this.client.put(`/v1/nodes/${this.id}/heartbeat`, report);
  }

  /** Beats each second, as a real node does, until it is closed. */
  keepBeating(): void {
    this.timer = setInterval(() => void this.beat().catch(() => undefined), 1_000);
  }

  join(room: string, name: string, role = 'presenter'): void {
    const users = this.rooms.get(room) ?? [];
    users.push({ name, role, permissions: { publish: true, subscribe: true } });
    this.rooms.set(room, users);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage): { status: number; body: unknown } {
    const { method = '', url: path = '' } = request;
    const fields = parseControl(request.headers.authorization);
    const key = this.client.credentials?.key ?? '';
    if (!fields || !verifyControl(fields, key, { method, path })) {
      return { status: 401, body: 'Unsigned control call' };
    }
    this.calls.push(`${request.method} ${request.url}`);
    const [, , room = '', , user] = (request.url ?? '').split('/').map(decodeURIComponent);
    const users = this.rooms.get(room) ?? [];
    if (request.method === 'GET') return { status: 200, body: users };
    if (user === undefined) {
      this.rooms.delete(room);
      return { status: 200, body: 'Success' };
    }
    const left = users.filter(({ name }) => name !== user);
    this.rooms.set(room, left);
    if (left.length === users.length && this.kickOfNobody !== 'Success') {
      return { status: 404, body: this.kickOfNobody };
    }
    return { status: 200, body: 'Success' };
  }
}
