import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { expectError, expectJson } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LIMIT = 10;

let server: TestApp;
let tenant: ApiClient;

beforeAll(async () => {
  server = await startTestApp({ FAILED_AUTH_PER_MINUTE: String(LIMIT) });
  tenant = await server.createService('tenant');
});

afterAll(() => server.close());

describe.each(['1', 'loopback', '127.0.0.0/8, ::1'])(
  'behind a proxy, TRUST_PROXY=%s',
  (setting) => {
    it('a client is known by what the proxy says of it, whatever it says itself', async () => {
      const behind = await startTestApp({
        FAILED_AUTH_PER_MINUTE: String(LIMIT),
        TRUST_PROXY: setting,
      });
      const fail = (forwarded: string): Promise<Answer> =>
        behind.superservice.get('/rooms', {
          sign: { key: 'wrong' },
          headers: { 'x-forwarded-for': forwarded },
        });
      for (let failure = 0; failure < LIMIT; failure++) {
        expectError(await fail(`198.51.100.${failure}, 203.0.113.7`), 'UNAUTHENTICATED');
      }
      expectError(await fail('198.51.100.200, 127.0.0.9, 203.0.113.7'), 'RATE_LIMITED');
      expectError(await fail('203.0.113.7'), 'RATE_LIMITED');
      expectError(await fail('203.0.113.7, 203.0.113.8'), 'UNAUTHENTICATED');
      await behind.close();
    });
  },
);

describe('a proxy that writes ports into X-Forwarded-For', () => {
  it.each([
    ['203.0.113.7', '203.0.113.8'],
    ['[2001:db8::7]', '[2001:db8:0:1::7]'],
  ])('gives a client one address, whatever port it comes from: %s', async (client, other) => {
    const behind = await startTestApp({
      FAILED_AUTH_PER_MINUTE: String(LIMIT),
      TRUST_PROXY: 'loopback, 192.0.2.0/24',
    });
    const fail = (forwarded: string): Promise<Answer> =>
      behind.superservice.get('/rooms', {
        sign: { key: 'wrong' },
        headers: { 'x-forwarded-for': forwarded },
      });
    for (let failure = 0; failure < LIMIT; failure++) {
      expectError(await fail(`${client}:${1000 + failure}`), 'UNAUTHENTICATED');
    }
    expectError(await fail(`${client}:2000`), 'RATE_LIMITED');
    expectError(await fail(client), 'RATE_LIMITED');
    expectError(await fail(`198.51.100.1:3, ${client}:2001, 192.0.2.9:77`), 'RATE_LIMITED');
    expectError(await fail(`${other}:1000`), 'UNAUTHENTICATED');
    await behind.close();
  });
});

describe('an address that fails to sign in', () => {
  const fail = (): Promise<Answer> => tenant.get('/rooms', { sign: { key: 'wrong' } });

  it('is answered 429 from one failure too many, and is still let in when it signs well', async () => {
    for (let failure = 0; failure < LIMIT; failure++) expectError(await fail(), 'UNAUTHENTICATED');
    const refused = await fail();
    expectError(refused, 'RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);

    for (let success = 0; success < LIMIT * 2; success++) {
      expectJson(await tenant.get('/rooms'), []);
    }
    expectError(await tenant.get('/services'), 'SERVICE_NOT_AUTHORIZED');
  });

  it('is told so in problem details too', async () => {
    const answer = await tenant.get('/rooms', {
      sign: { key: 'wrong' },
      headers: { accept: 'application/json' },
    });
    expect(answer.json).toEqual({
      type: '/docs/errors#RATE_LIMITED',
      title: 'Too Many Requests',
      status: 429,
      detail: 'Too many failed requests',
      code: 'RATE_LIMITED',
    });
  });
});
