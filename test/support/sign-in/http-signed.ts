import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ErrorCode } from '../../../src/common/errors/error-catalog.js';
import type { Credentials } from '../api-client.js';

/** A request signed by RFC 9421, of which each part may be another than it should. */
export interface SignedParts extends Credentials {
  method: string;
  target: string;
  body?: string | Buffer;
  /** Each with the value that is signed for it. */
  components?: [name: string, value: string][];
  /** What follows the components, as it is sent. */
  parameters?: string;
  created?: number;
  nonce?: string;
  tag?: string;
  label?: string;
  /** Further headers, or others. */
  headers?: [name: string, value: string][];
}

export interface SignedRequest {
  method: string;
  target: string;
  body?: string | Buffer;
  headers: [name: string, value: string][];
}

export function contentDigest(body: string | Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** Written without the project's own code, which it is to test. */
export function signedRequest(parts: SignedParts): SignedRequest {
  const { method, target, body, serviceId, key, label = 'nuvem', tag = 'nuvem' } = parts;
  const { created = Math.floor(Date.now() / 1000), nonce = crypto.randomUUID() } = parts;
  const { headers = [] } = parts;
  const components = parts.components ?? componentsOf(method, target, body);
  const names = components.map(([name]) => name).join(' ');
  const parameters =
    parts.parameters ??
    `;created=${created};nonce="${nonce}";keyid="${serviceId}"${tag && `;tag="${tag}"`}`;
  const input = `(${names})${parameters}`;
  const lines = components.map(([name, value]) => `${name}: ${value}\n`).join('');
  const signature = createHmac('sha256', key)
    .update(`${lines}"@signature-params": ${input}`, 'latin1')
    .digest('base64');
  return {
    method,
    target,
    ...(body !== undefined && { body }),
    headers: [
      ['signature-input', `${label}=${input}`],
      ['signature', `${label}=:${signature}:`],
      ...(body === undefined
        ? []
        : ([
            ['content-digest', contentDigest(body)],
            ['content-type', 'application/json'],
          ] satisfies SignedRequest['headers'])),
      ...headers,
    ],
  };
}

/** Those that are asked for. */
export function componentsOf(
  method: string,
  target: string,
  body?: string | Buffer,
): [name: string, value: string][] {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  return [
    ['"@method"', method],
    ['"@path"', path],
    ['"@query"', `?${query}`],
    ...(body === undefined
      ? []
      : ([['"content-digest"', contentDigest(body)]] satisfies [string, string][])),
  ];
}

export interface SentAnswer {
  status: number;
  code?: ErrorCode;
  detail?: string;
  json: unknown;
  headers: Headers;
}

/** Sends what fetch would change, such as headers that stand twice. */
export async function send(url: string, signed: SignedRequest): Promise<SentAnswer> {
  const { method, target, body, headers } = signed;
  const { host, hostname, port } = new URL(url);
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  const own = headers.some(([name]) => name === 'host') ? [] : ['host', host];
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, method, path: target };
    request({ ...options, headers: [...own, ...length, ...headers.flat()] }, (response) => {
      text(response).then((answered) => {
        const json: unknown = answered === '' ? undefined : JSON.parse(answered);
        const { code, detail } = (json ?? {}) as { code?: ErrorCode; detail?: string };
        const status = response.statusCode ?? 0;
        const given = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve({ status, code, detail, json, headers: new Headers(given) });
      }, reject);
    })
      .on('error', reject)
      .end(body);
  });
}
