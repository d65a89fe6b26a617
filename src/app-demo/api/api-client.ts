import { signMAuth } from '../../common/mauth.js';
import { ApiError } from './api-error.js';

export interface Credentials {
  serviceId: string;
  key: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Calls the API as one service, over HTTP, as any customer's backend would. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    readonly credentials: Credentials,
    private readonly timeoutMs: number,
  ) {}

  /**
   * @param timeoutMs for a call that may take longer than others
   * @returns the answer's JSON, or its text where it is not JSON (Nuve answers a few calls so).
   * @throws ApiError when the API refuses the call or does not answer in time.
   */
  async request(
    method: Method,
    path: string,
    body?: object,
    timeoutMs = this.timeoutMs,
  ): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.baseUrl + path, {
        method,
        headers: {
          authorization: signMAuth({ ...this.credentials, method: 'HMAC_SHA256' }),
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      throw new ApiError(0, 'NO_ANSWER', 'The API does not answer', { cause });
    }
    const answer = parse(text);
    if (response.ok) return answer;
    throw errorOf(response.status, answer);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(status: number, answer: unknown): ApiError {
  if (isRecord(answer) && typeof answer.code === 'string') {
    return new ApiError(status, answer.code, answer.code);
  }
  return new ApiError(status, `HTTP_${status}`, `The API answered ${status}`);
}

/** An id or a name as a part of a path. */
export function segment(name: string): string {
  // fetch would leave the path, however they are encoded.
  if (name === '.' || name === '..') throw new ApiError(404, 'RESOURCE_NOT_FOUND', 'No such name');
  return encodeURIComponent(name);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
