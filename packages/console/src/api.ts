import { ApiClient, segment, type Credentials } from '@nuvem/client';

interface Page<T> {
  items: T[];
  /** Where the next page begins, if there is one. */
  next: string | null;
}

export interface Service {
  id: string;
  name: string;
  role: 'superservice' | 'tenant' | 'node';
}

export interface Room {
  id: string;
  name: string;
  p2p: boolean;
  maxParticipants?: number;
}

export interface Participant {
  userName: string;
  role: string;
}

export interface SignallingNode {
  id: string;
  ip: string;
  hostname: string;
  port: number;
  state: 0 | 1 | 2;
  alive: boolean;
  draining: boolean;
  region?: string;
  load?: number;
  lastSeenAt: string;
}

export interface Snapshot {
  intervalMs: number;
  activity: { at: number; issued: number; refused: number; redeemed: number }[];
  roomsVersion: string;
  nodes: SignallingNode[];
}

const PAGE_SIZE = 20;
/** As many as the API gives at once, for what is shown whole. */
const MAX_PAGE_SIZE = 1_000;

/** The API serves this page, and is found from where the page's own files are: a proxy may stand in between. */
export const API_URL = new URL('..', import.meta.url).href;

/** The calls an operator makes, signed as the superservice. Each throws an ApiError when it is refused. */
export class ConsoleApi {
  private readonly client: ApiClient;

  constructor(credentials: Credentials) {
    this.client = new ApiClient(API_URL, credentials);
  }

  services(): Promise<Service[]> {
    return this.all('/v1/services');
  }

  async rooms(service: string, name: string, cursor?: string): Promise<Page<Room>> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (name !== '') query.set('name', name);
    if (cursor !== undefined) query.set('cursor', cursor);
    const path = `/v1/services/${service}/rooms?${query}`;
    return (await this.client.request('GET', path)) as Page<Room>;
  }

  participants(service: string, room: string): Promise<Participant[]> {
    return this.all(`/v1/services/${service}/rooms/${room}/participants`);
  }

  async kick(service: string, room: string, userName: string): Promise<void> {
    await this.client.request(
      'DELETE',
      `/v1/services/${service}/rooms/${room}/participants/${segment(userName)}`,
    );
  }

  async drain(node: string, draining: boolean): Promise<void> {
    await this.client.request('PATCH', `/v1/nodes/${node}`, { draining });
  }

  /** The open stream of snapshots; EventSource could not send the signature. */
  async activity(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.client.send('GET', '/v1/activity', {
      accept: 'text/event-stream',
      signal,
    });
    if (!body) throw new Error('The API sent no stream');
    return body;
  }

  /** A whole list, page after page. */
  private async all<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    let cursor = '';
    for (;;) {
      const page = await this.client.request('GET', `${path}?limit=${MAX_PAGE_SIZE}${cursor}`);
      const { items, next } = page as Page<T>;
      found.push(...items);
      if (next === null) return found;
      cursor = `&cursor=${next}`;
    }
  }
}
