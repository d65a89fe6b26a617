import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseMAuth } from '@nuvem/client';
import { hexHmac, verifyMAuth } from '@nuvem/client/node';
import { LICODE_ROLES } from '../../../src/common/participant-roles/roles.js';

export interface FakeService {
  _id: string;
  name: string;
  role: string;
  key: string;
}

export interface FakeRoom {
  _id: string;
  service: string;
  name: string;
  p2p?: true;
  data?: Record<string, unknown>;
  mediaConfiguration?: string;
  endsAt?: string;
  afterEnd?: string;
}

export interface FakeWebhook {
  id: string;
  url: string;
  types: string[];
  description: string;
  enabled: boolean;
  secret: string;
}

export interface FakeNode {
  id: string;
  hostname: string;
  port: number;
  controlUrl: string;
  beats: { state: number; load: number }[];
}

interface Call {
  method: string;
  path: string;
  service: FakeService;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

const TOKEN_KEY = 'key-of-the-fake-api';

export function newId(): string {
  return randomBytes(12).toString('hex');
}

/** The API as the demo sees it: the real HTTP protocol, with its state in memory. */
export class FakeApi {
  readonly superservice: FakeService = {
    _id: newId(),
    name: 'superservice',
    role: 'superservice',
    key: randomBytes(32).toString('hex'),
  };
  readonly services = new Map<string, FakeService>();
  readonly rooms = new Map<string, FakeRoom>();
  readonly webhooks = new Map<string, FakeWebhook>();
  readonly nodes = new Map<string, FakeNode>();
  readonly tokens = new Map<string, Record<string, unknown>>();
  readonly calls: Call[] = [];
  /** Users by room id, as a node would report them. */
  readonly users = new Map<string, unknown[]>();
  /** Codes to answer redemptions with, before any is really redeemed. */
  refusals: Refused[] = [];
  private readonly held: { calls: RegExp; until: Promise<void> }[] = [];
  /** While true, calls are cut off without an answer. */
  isDown = false;
  /** Where it listens. */
  url = '';
  private server?: Server;
  private waiting: { until: () => boolean; done: () => void }[] = [];

  async listen(port = 0): Promise<string> {
    this.server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this.url;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Resolves when a call has made the condition true. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((done) => this.waiting.push({ until: condition, done }));
  }

  service(name: string): FakeService {
    const service = [...this.services.values()].find((one) => one.name === name);
    if (!service) throw new Error(`No service ${name}`);
    return service;
  }

  /** A token string for the only node, as `POST /rooms/:room/tokens` would answer it. */
  issue(token: {
    room: string;
    userName?: string;
    role?: string;
    host?: string;
    p2p?: boolean;
    maxParticipants?: number;
  }): string {
    const [node] = this.nodes.values();
    const { room: roomId, userName = 'ann', role = 'presenter', p2p = true } = token;
    const host = token.host ?? `${node?.hostname}:${node?.port}`;
    const tokenId = newId();
    this.tokens.set(tokenId, {
      id: tokenId,
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 180_000).toISOString(),
      mediaConfiguration: 'default',
      secure: false,
      serviceId: newId(),
      roomId,
      userName,
      role,
      permissions: LICODE_ROLES[role],
      host,
      p2p,
      maxParticipants: token.maxParticipants,
    });
    const signature = hexHmac('sha1', TOKEN_KEY, `${tokenId},${host}`);
    return Buffer.from(JSON.stringify({ tokenId, host, secure: false, signature })).toString(
      'base64',
    );
  }

  /** Keeps such calls without an answer. @returns what lets them be answered */
  hold(calls: RegExp): () => void {
    let release = () => {};
    this.held.push({ calls, until: new Promise((resolve) => (release = resolve)) });
    return () => release();
  }

  refuseNext(status: number, code: string): void {
    this.refusals.push(new Refused(status, code));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.isDown) {
      request.socket.destroy();
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/' } = request;
    try {
      const service = this.authenticate(request.headers.authorization);
      const { pathname, searchParams } = new URL(url, 'http://api');
      this.calls.push({ method, path: pathname, service });
      this.tellWaiting();
      for (const { calls, until } of this.held) {
        if (calls.test(`${method} ${pathname}`)) await until;
      }
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      const answer = this.route(`${method} ${pathname}`, body, service, searchParams);
      if (answer === undefined) {
        response.writeHead(204).end();
      } else {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answer));
      }
    } catch (error) {
      const { status, code } = error instanceof Refused ? error : new Refused(500, 'FAKE_BROKEN');
      response.statusCode = status;
      response.setHeader('content-type', 'application/problem+json');
      response.end(JSON.stringify({ status, code, detail: code }));
    }
    this.tellWaiting();
  }

  private tellWaiting(): void {
    this.waiting = this.waiting.filter(({ until, done }) => {
      if (!until()) return true;
      done();
      return false;
    });
  }

  private authenticate(header: string | undefined): FakeService {
    const fields = parseMAuth(header);
    const service =
      fields?.serviceId === this.superservice._id
        ? this.superservice
        : this.services.get(fields?.serviceId ?? '');
    if (!fields || !service || !verifyMAuth(fields, service.key)) {
      throw new Refused(401, 'UNAUTHENTICATED');
    }
    return service;
  }

  private route(
    call: string,
    body: Record<string, unknown>,
    service: FakeService,
    query: URLSearchParams,
  ): unknown {
    const [, action = '', id = ''] = /^(\w+ \/(?:v1\/)?[\w-]+)\/?([^/]*)/.exec(call) ?? [];
    if (action.endsWith('/v1/services')) return this.routeServices(action, id, body);
    if (action === 'POST /v1/tokens') return this.redeem(String(body.token));
    if (action.endsWith('/v1/nodes')) return this.routeNodes(call, action, id, body);
    if (action.endsWith('/v1/webhooks')) return this.routeWebhooks(call, action, id, body);
    if (action === 'GET /v1/rooms') return this.room(id, service);
    if (call.endsWith('/tokens')) {
      return this.issue({
        room: id,
        userName: String(body.userName),
        role: String(body.role),
        p2p: this.room(id, service).p2p === true,
      });
    }
    if (call.endsWith('/users')) return this.users.get(this.room(id, service)._id) ?? [];
    return this.routeRooms(action, id, body, service, query);
  }

  private routeServices(action: string, id: string, body: Record<string, unknown>): unknown {
    if (action === 'GET /v1/services') {
      const shown = [...this.services.values()].map(({ _id, name, role }) => ({
        id: _id,
        name,
        role,
      }));
      return id === '' ? { items: shown, next: null } : shown.find((each) => each.id === id);
    }
    if (action === 'DELETE /v1/services') {
      this.services.delete(id);
      return undefined;
    }
    const { name, role, key } = body as unknown as FakeService;
    const service = { _id: newId(), name, role, key };
    this.services.set(service._id, service);
    return { id: service._id, name, role, key };
  }

  private routeWebhooks(
    call: string,
    action: string,
    id: string,
    body: Record<string, unknown>,
  ): unknown {
    if (action === 'GET /v1/webhooks') {
      return { items: [...this.webhooks.values()], next: null };
    }
    if (action === 'DELETE /v1/webhooks') {
      this.webhooks.delete(id);
      return undefined;
    }
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const existing = this.webhooks.get(id);
    if (existing) Object.assign(existing, call.endsWith('/rotate-secret') ? { secret } : body);
    const { url, types, description } = body as unknown as FakeWebhook;
    const webhook = existing ?? { id: newId(), url, types, description, enabled: true, secret };
    this.webhooks.set(webhook.id, webhook);
    return webhook;
  }

  private routeNodes(
    call: string,
    action: string,
    id: string,
    body: Record<string, unknown>,
  ): unknown {
    if (action === 'GET /v1/nodes') return { items: [...this.nodes.values()], next: null };
    if (action === 'POST /v1/nodes') {
      const { hostname, port, controlUrl, ip } = body as unknown as FakeNode & { ip: string };
      const node = { id: newId(), hostname, port, controlUrl, beats: [] };
      this.nodes.set(node.id, node);
      return { id: node.id, ip, hostname, port, secure: false, heartbeatSeconds: 0.02 };
    }
    const node = this.nodes.get(id);
    if (!node) throw new Refused(404, 'NODE_NOT_FOUND');
    if (action === 'DELETE /v1/nodes') this.nodes.delete(id);
    if (call.endsWith('/heartbeat')) {
      node.beats.push({ state: Number(body.state), load: Number(body.load) });
    }
    return undefined;
  }

  private routeRooms(
    action: string,
    id: string,
    body: Record<string, unknown>,
    service: FakeService,
    query: URLSearchParams,
  ): unknown {
    const own = [...this.rooms.values()].filter((room) => room.service === service._id);
    if (action === 'GET /rooms') {
      const name = query.get('name');
      return own.filter((room) => name === null || room.name === name);
    }
    if (action === 'DELETE /rooms') {
      this.rooms.delete(this.room(id, service)._id);
      return 'Room deleted';
    }
    const name = String(body.name);
    const options = (body.options ?? body) as FakeRoom & { getOrCreate?: boolean };
    const { p2p, data, mediaConfiguration, endsAt, afterEnd, getOrCreate } = options;
    const existing = getOrCreate === true ? own.find((room) => room.name === name) : undefined;
    if (existing) return existing;
    const room: FakeRoom = {
      _id: newId(),
      service: service._id,
      name,
      p2p,
      data,
      mediaConfiguration,
      endsAt,
      afterEnd,
    };
    this.rooms.set(room._id, room);
    return room;
  }

  private room(id: string, service: FakeService): FakeRoom {
    const room = this.rooms.get(id);
    if (room?.service !== service._id) throw new Refused(404, 'ROOM_NOT_FOUND');
    return room;
  }

  private redeem(token: string): unknown {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const { tokenId, host, signature } = JSON.parse(
      Buffer.from(token, 'base64').toString(),
    ) as Record<string, string>;
    if (signature !== hexHmac('sha1', TOKEN_KEY, `${tokenId},${host}`)) {
      throw new Refused(403, 'TOKEN_SIGNATURE_INVALID');
    }
    const document = this.tokens.get(tokenId ?? '');
    if (!document) throw new Refused(404, 'TOKEN_NOT_FOUND');
    this.tokens.delete(tokenId ?? '');
    return document;
  }
}

/** The key that the demo derives for one of its services. */
export function derivedKey(superserviceKey: string, name: string): string {
  return createHmac('sha256', superserviceKey).update(name).digest('hex');
}
