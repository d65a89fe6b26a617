import { ApiError } from './api-error.js';
import type { Credentials } from './signing/credentials.js';
import { isRecord } from './is-record.js';
import { signMAuth } from './signing/sign.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface SendOptions {
  /** Sent as JSON. */
  body?: object;
  accept?: string;
  /** Further ones, as `Nuvem-Service`, by which the superservice asks in another's name. */
  headers?: Record<string, string>;
  /** Ends the call; by default the client's time-out does. */
  signal?: AbortSignal;
}

export interface RequestOptions extends Pick<SendOptions, 'headers'> {
  /** For a call that may take longer than others. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Calls the API as one service, over HTTP, from browsers and Node alike. Each call is signed; nothing is retried. */
export class ApiClient {
  private readonly baseUrl: string;

  /** @param baseUrl where the API answers */
  constructor(
    baseUrl: string,
    readonly credentials: Credentials,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /**
   * @returns the response's JSON, or its text where it is not JSON (Nuve's routes send some so).
   * @throws ApiError when the API refuses the call or does not answer in time.
   */
  async request(
    method: Method,
    path: string,
    body?: object,
    { timeoutMs = this.timeoutMs, headers }: RequestOptions = {},
  ): Promise<unknown> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await this.send(method, path, { body, signal, headers });
    return parse(await response.text().catch(noAnswer));
  }

  /**
   * For who wants headers or a stream: resolves with the head of a successful response.
   *
   * @throws ApiError when the API refuses the call or does not answer
   */
  async send(method: Method, path: string, options: SendOptions = {}): Promise<Response> {
    const {
      body,
      accept = 'application/json',
      headers = {},
      signal = AbortSignal.timeout(this.timeoutMs),
    } = options;
    const authorization = await signMAuth({ ...this.credentials, method: 'HMAC_SHA256' });
    const response = await fetch(this.urlOf(path), {
      method,
      headers: {
        ...headers,
        authorization,
        accept,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      redirect: 'error',
      // Otherwise a browser asks for a name and a password when the API answers 401.
      credentials: 'omit',
      signal,
    }).catch(noAnswer);
    if (response.ok) return response;
    throw errorOf(response.status, parse(await response.text().catch(noAnswer)));
  }

  /** A name in the path (`..`) must not lead to another path than the one meant. */
  private urlOf(path: string): string {
    const url = new URL(this.baseUrl + path);
    const base = new URL(this.baseUrl).pathname.replace(/\/$/, '');
    const meant = base + (path.split('?', 1)[0] ?? '');
    if (url.pathname !== meant) throw new ApiError(404, 'RESOURCE_NOT_FOUND', 'No such path');
    return url.href;
  }
}

function noAnswer(cause: unknown): never {
  throw new ApiError(0, 'NO_ANSWER', 'The API does not answer', { cause });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(status: number, answer: unknown): ApiError {
  const { code, detail, errors } = isRecord(answer) ? answer : {};
  const text = typeof detail === 'string' ? detail : `The API answered ${status}`;
  const fields = fieldErrorsIn(errors).filter(({ message }) => !text.includes(message));
  const further = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ApiError(
    status,
    typeof code === 'string' ? code : `HTTP_${status}`,
    further === '' ? text : `${text} (${further})`,
  );
}

/** What a problem says of single fields of the request. */
function fieldErrorsIn(errors: unknown): { field: string; message: string }[] {
  const given: unknown[] = Array.isArray(errors) ? errors : [];
  return given.filter(isRecord).flatMap(({ field, message }) => {
    return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
  });
}
