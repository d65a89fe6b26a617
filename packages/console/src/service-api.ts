import { segment, type ApiClient, type Method } from '@nuvem/client';
import { openStream, readAll } from './reading.js';
import type {
  Ban,
  Delivery,
  NewBan,
  Page,
  Participant,
  Room,
  Session,
  Webhook,
  WebhookTest,
} from './types.js';

const PAGE_SIZE = 20;
const DELIVERIES_SHOWN = 10;

/** The calls that the superservice makes in the name of one service. */
export class ServiceApi {
  private readonly headers: Record<string, string>;

  constructor(
    private readonly client: ApiClient,
    service: string,
  ) {
    this.headers = { 'nuvem-service': service };
  }

  rooms(name: string, cursor?: string): Promise<Page<Room>> {
    const query = pageQuery(cursor);
    if (name !== '') query.set('name', name);
    return this.get(`/v1/rooms?${query}`);
  }

  async close(room: string): Promise<void> {
    await this.call('POST', `/v1/rooms/${room}/close`);
  }

  /** @param endsAt its new end; null for none */
  async reopen(room: string, endsAt?: null): Promise<void> {
    await this.call('POST', `/v1/rooms/${room}/reopen`, { endsAt });
  }

  participants(room: string): Promise<Participant[]> {
    return readAll(this.client, `/v1/rooms/${room}/participants`, this.headers);
  }

  async kick(room: string, userName: string): Promise<void> {
    await this.call('DELETE', `/v1/rooms/${room}/participants/${segment(userName)}`);
  }

  sessions(room: string, cursor?: string): Promise<Page<Session>> {
    return this.get(`/v1/rooms/${room}/sessions?${pageQuery(cursor)}`);
  }

  /** @param room none for those of all rooms */
  bans(room?: string, cursor?: string): Promise<Page<Ban>> {
    return this.get(`${bansOf(room)}?${pageQuery(cursor)}`);
  }

  async ban(ban: NewBan, room?: string): Promise<void> {
    await this.call('POST', bansOf(room), ban);
  }

  async lift(ban: string, room?: string): Promise<void> {
    await this.call('DELETE', `${bansOf(room)}/${ban}`);
  }

  /** A service has 20 at most. */
  async webhooks(): Promise<Webhook[]> {
    return (await this.get<Page<Webhook>>('/v1/webhooks?limit=20')).items;
  }

  async enable(webhook: string, enabled: boolean): Promise<void> {
    await this.call('PATCH', `/v1/webhooks/${webhook}`, { enabled });
  }

  /** The API waits for as long as the receiver may take. */
  async test(webhook: string): Promise<WebhookTest> {
    const path = `/v1/webhooks/${webhook}/test`;
    return (await this.call('POST', path, undefined, 30_000)) as WebhookTest;
  }

  deliveries(webhook: string, cursor?: string): Promise<Page<Delivery>> {
    const query = pageQuery(cursor, DELIVERIES_SHOWN);
    return this.get(`/v1/webhooks/${webhook}/deliveries?${query}`);
  }

  async redeliver(webhook: string, delivery: string): Promise<void> {
    await this.call('POST', `/v1/webhooks/${webhook}/deliveries/${delivery}/redeliver`);
  }

  /**
   * The open stream of events from now on, or after one.
   *
   * @param types `*`, or a kind of them, as `room.*`
   */
  events(
    types: string,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const headers = { ...this.headers, ...(after !== undefined && { 'last-event-id': after }) };
    const query = new URLSearchParams({ after: 'latest', types });
    return openStream(this.client, `/v1/events?${query}`, signal, headers);
  }

  private async get<T>(path: string): Promise<T> {
    return (await this.call('GET', path)) as T;
  }

  private call(method: Method, path: string, body?: object, timeoutMs?: number): Promise<unknown> {
    return this.client.request(method, path, body, { timeoutMs, headers: this.headers });
  }
}

function pageQuery(cursor?: string, limit = PAGE_SIZE): URLSearchParams {
  return new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
}

function bansOf(room?: string): string {
  return room === undefined ? '/v1/bans' : `/v1/rooms/${room}/bans`;
}
