import { expect } from '@jest/globals';
import type { ErrorCode } from '../../../src/common/errors/error-catalog.js';
import { ERRORS } from '../../../src/common/errors/error-catalog.js';
import type { Credentials } from '../api-client.js';
import type { TestApp } from '../test-app.js';
import {
  componentsOf,
  send,
  signedRequest,
  type SentAnswer,
  type SignedParts,
  type SignedRequest,
} from './http-signed.js';

const TARGET = '/v1/probe?a=1&a=%C3%A9';
export const BODY = '{"hello": "wörld"}';

/** Signs requests to the probe as one service, in which anything may be other than it should. */
export class HttpSigner {
  private constructor(
    private readonly url: string,
    readonly credentials: Credentials,
  ) {}

  /** Signs as a new tenant of a server, which is to have the probe. */
  static async on(server: TestApp): Promise<HttpSigner> {
    const { credentials } = await server.createService('tenant');
    if (!credentials) throw new Error('The service has no key');
    return new HttpSigner(server.url, credentials);
  }

  /** @param url of another instance */
  sent(signed: SignedRequest, url = this.url): Promise<SentAnswer> {
    return send(url, signed);
  }

  /** How a request is refused. */
  async refusalTo(signed: SignedRequest, url = this.url): Promise<Refusal> {
    const { status, code, detail } = await send(url, signed);
    return { status, code, detail };
  }

  get(changes: Partial<SignedParts> = {}): SignedRequest {
    return signedRequest({ ...this.credentials, method: 'GET', target: TARGET, ...changes });
  }

  post(changes: Partial<SignedParts> = {}): SignedRequest {
    const target = '/v1/probe';
    return signedRequest({ ...this.credentials, method: 'POST', target, body: BODY, ...changes });
  }

  /** What follows the components of a signature, as it is sent. */
  parameters({
    created = now(),
    keyid = this.credentials.serviceId,
  }: { created?: number | string; keyid?: string } = {}): string {
    return `;created=${created};nonce="${crypto.randomUUID()}";keyid="${keyid}";tag="nuvem"`;
  }
}

/** Seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The components of `HttpSigner.get`, and more. */
export function components(...more: [string, string][]): [string, string][] {
  return [...componentsOf('GET', TARGET), ...more];
}

/** With another value of one header. */
export function changed(
  signed: SignedRequest,
  name: string,
  change: (value: string) => string,
): SignedRequest {
  const headers = signed.headers.map(([each, value]): [string, string] =>
    each === name ? [each, change(value)] : [each, value],
  );
  expect(headers).not.toEqual(signed.headers);
  return { ...signed, headers };
}

export function without(signed: SignedRequest, name: string): SignedRequest {
  return { ...signed, headers: signed.headers.filter(([each]) => each !== name) };
}

interface Refusal {
  status: number;
  code?: ErrorCode;
  detail?: unknown;
}

/** @param detail where it is another than the message of the catalogue */
export function refusalOf(code: ErrorCode, detail: unknown = ERRORS[code].message): Refusal {
  return { status: ERRORS[code].status, code, detail };
}
