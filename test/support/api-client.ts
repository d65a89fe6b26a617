import type { MAuthRequest } from '@nuvem/client';
import { signMAuthSync } from '@nuvem/client/node';

export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body, for answers in JSON. */
  json: unknown;
}

export interface CallOptions {
  body?: unknown;
  rawBody?: string;
  headers?: Record<string, string>;
  /** What differs in the Authorization header. */
  sign?: Partial<MAuthRequest>;
  /** The whole Authorization header; null for none. */
  authorization?: string | null;
}

export interface Credentials {
  serviceId: string;
  key: string;
}

/** Calls the API over a socket, as one service. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly credentials: Credentials | null,
  ) {}

  as(credentials: Credentials | null): ApiClient {
    return new ApiClient(this.url, credentials);
  }

  /** The same service, on another copy of the app. */
  at(url: string): ApiClient {
    return new ApiClient(url, this.credentials);
  }

  get = (path: string, options?: CallOptions): Promise<Answer> => this.call('GET', path, options);
  post = (path: string, body?: unknown, options?: CallOptions): Promise<Answer> =>
    this.call('POST', path, { body, ...options });
  put = (path: string, body?: unknown, options?: CallOptions): Promise<Answer> =>
    this.call('PUT', path, { body, ...options });
  patch = (path: string, body?: unknown, options?: CallOptions): Promise<Answer> =>
    this.call('PATCH', path, { body, ...options });
  delete = (path: string, options?: CallOptions): Promise<Answer> =>
    this.call('DELETE', path, options);

  /** A room of this service. @returns its id */
  async createRoom(options: object = {}, name = 'room'): Promise<string> {
    const { status, text, json } = await this.post('/rooms', { name, options });
    if (status !== 200) throw new Error(`No room: ${status} ${text}`);
    return (json as { _id: string })._id;
  }

  /** A token request as Licode's clients make it: user and role in the header, no body. */
  token(room: string, username: string, role: string, options?: CallOptions): Promise<Answer> {
    return this.call('POST', `/rooms/${room}/tokens`, { ...options, sign: { username, role } });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...options.headers };
    const authorization =
      options.authorization ?? (options.authorization === null ? null : this.sign(options.sign));
    if (authorization !== null) headers['authorization'] = authorization;
    let body = options.rawBody;
    if (options.body !== undefined) body = JSON.stringify(options.body);
    if (body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(this.url + path, { method, headers, body });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      url: response.url,
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  sign(changes: Partial<MAuthRequest> = {}): string | null {
    return this.credentials && signMAuthSync({ ...this.credentials, ...changes });
  }
}
