import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

function listed(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? '').split(', ').sort();
}

it('a page of another origin may send what signing in and /v1 need', async () => {
  const { status, headers } = await fetch(`${server.url}/v1/rooms`, {
    method: 'OPTIONS',
    headers: { origin: 'https://calls.example', 'access-control-request-method': 'POST' },
  });
  expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  expect(listed(headers, 'access-control-allow-headers')).toEqual([
    'accept',
    'authorization',
    'content-digest',
    'content-type',
    'idempotency-key',
    'if-match',
    'if-none-match',
    'last-event-id',
    'nuvem-service',
    'signature',
    'signature-input',
    'x-request-id',
  ]);
});

it('a page of another origin may read what it is answered', async () => {
  const { headers } = await fetch(`${server.url}/v1/rooms`, {
    headers: { origin: 'https://calls.example' },
  });
  expect(listed(headers, 'access-control-expose-headers')).toEqual([
    'accept-signature',
    'etag',
    'idempotent-replayed',
    'link',
    'location',
    'retry-after',
    'www-authenticate',
    'x-error-code',
    'x-next-cursor',
    'x-request-id',
  ]);
});
