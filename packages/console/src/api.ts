import { ApiClient, segment, type Credentials } from '@nuvem/client';

export interface Service {
  _id: string;
  name: string;
  role: 'superservice' | 'tenant' | 'node';
}

export interface Room {
  _id: string;
  name: string;
  p2p?: true;
  maxParticipants?: number;
}

export interface RoomPage {
  rooms: Room[];
  /** Where the next page begins, if there is one. */
  next?: string;
}

export interface Participant {
  name: string;
  role: string;
}

export interface ErizoController {
  id: string;
  ip: string;
  hostname: string;
  port: number;
  state: 0 | 1 | 2;
  alive: boolean;
  draining: boolean;
  region?: string;
  load?: number;
  lastSeen: string;
}

export interface Snapshot {
  intervalMs: number;
  activity: { at: number; issued: number; refused: number; redeemed: number }[];
  roomsVersion: string;
  erizoControllers: ErizoController[];
}

const PAGE_SIZE = 20;

/** The API serves this page, and is found from where the page's own files are: a proxy may stand in between. */
export const API_URL = new URL('..', import.meta.url).href;

/** The calls an operator makes, signed as the superservice. Each throws an ApiError when it is refused. */
export class ConsoleApi {
  private readonly client: ApiClient;

  constructor(credentials: Credentials) {
    this.client = new ApiClient(API_URL, credentials);
  }

  services(): Promise<Service[]> {
    return this.client.request('GET', '/services') as Promise<Service[]>;
  }

  async rooms(service: string, name: string, cursor?: string): Promise<RoomPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (name !== '') query.set('name', name);
    if (cursor !== undefined) query.set('cursor', cursor);
    const response = await this.client.send('GET', `/services/${service}/rooms?${query}`);
    return {
      rooms: (await response.json()) as Room[],
      next: response.headers.get('x-next-cursor') ?? undefined,
    };
  }

  participants(service: string, room: string): Promise<Participant[]> {
    const path = `/services/${service}/rooms/${room}/users`;
    return this.client.request('GET', path) as Promise<Participant[]>;
  }

  async kick(service: string, room: string, name: string): Promise<void> {
    await this.client.request(
      'DELETE',
      `/services/${service}/rooms/${room}/users/${segment(name)}`,
    );
  }

  async drain(node: string, draining: boolean): Promise<void> {
    await this.client.request('PATCH', `/v1/nodes/${node}`, { draining });
  }

  /** The open stream of snapshots; EventSource could not send the signature. */
  async events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.client.send('GET', '/v1/activity', {
      accept: 'text/event-stream',
      signal,
    });
    if (!body) throw new Error('The API sent no stream');
    return body;
  }
}
