import { signMAuth, type Credentials } from './mauth.js';

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

/** The API refused a call, or (status 0) could not be reached. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const PAGE_SIZE = 20;
const TIMEOUT_MS = 10_000;

/** The API serves this page, and is found from where the page's own files are: a proxy may stand in between. */
export const API_URL = new URL('..', import.meta.url).href;

/** The calls an operator makes, signed as the superservice. */
export class ConsoleApi {
  constructor(private readonly credentials: Credentials) {}

  async services(): Promise<Service[]> {
    return (await this.call('GET', 'services')).json() as Promise<Service[]>;
  }

  async rooms(service: string, name: string, cursor?: string): Promise<RoomPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (name !== '') query.set('name', name);
    if (cursor !== undefined) query.set('cursor', cursor);
    const response = await this.call('GET', `services/${service}/rooms?${query}`);
    return {
      rooms: (await response.json()) as Room[],
      next: response.headers.get('x-next-cursor') ?? undefined,
    };
  }

  async participants(service: string, room: string): Promise<Participant[]> {
    const response = await this.call('GET', `services/${service}/rooms/${room}/users`);
    return response.json() as Promise<Participant[]>;
  }

  async kick(service: string, room: string, name: string): Promise<void> {
    // The browser would leave the path for the room's, however they are encoded.
    if (name === '.' || name === '..') throw new ApiFailure(0, `${name} can not be removed`);
    const user = encodeURIComponent(name);
    await this.call('DELETE', `services/${service}/rooms/${room}/users/${user}`);
  }

  async drain(node: string, draining: boolean): Promise<void> {
    await this.call('PATCH', `erizo-controllers/${node}`, { draining });
  }

  /** The open stream of snapshots; EventSource could not send the signature. */
  async events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.call('GET', 'events', undefined, signal);
    if (!response.body) throw new ApiFailure(0, 'The API sent no stream');
    return response.body;
  }

  private async call(
    method: string,
    path: string,
    body?: object,
    signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
  ): Promise<Response> {
    const response = await fetch(urlOf(path), {
      method,
      headers: {
        authorization: await signMAuth(this.credentials),
        accept: path === 'events' ? 'text/event-stream' : 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      signal,
    }).catch((cause: unknown) => {
      throw signal.aborted && signal.reason instanceof DOMException
        ? cause
        : new ApiFailure(0, 'The API does not answer');
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new ApiFailure(response.status, problem.detail ?? `The API answered ${response.status}`);
  }
}

/** @throws ApiFailure when a name in the path (`..`) would lead the browser to another path than the one meant */
function urlOf(path: string): string {
  const url = API_URL + path;
  if (new URL(url).href !== url) throw new ApiFailure(0, 'This name cannot be part of an address');
  return url;
}
