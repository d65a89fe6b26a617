import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { signMAuthSync } from '@nuvem/client/node';
import type { ApiClient, Credentials } from '../support/api-client.js';
import { expectError, expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const WINDOW_MS = 300_000;

let server: TestApp;
let clock: TestClock;
let tenant: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  clock = new TestClock(server.app);
  tenant = await server.createService('tenant');
});

afterEach(() => clock.reset());

afterAll(() => server.close());

function credentials(): Credentials {
  if (!tenant.credentials) throw new Error('The tenant has no key');
  return tenant.credentials;
}

/** Signs a header with a timestamp that may be any text. */
function signedAt(timestamp: string): string {
  return signMAuthSync({ ...credentials(), timestamp: timestamp as unknown as number });
}

describe('a signature', () => {
  it.each(['HMAC_SHA1', 'HMAC_SHA256'] as const)('may be made with %s', async (method) => {
    expectJson(await tenant.get('/rooms', { sign: { method } }), []);
  });

  it('is refused with a challenge, in the header and in the body', async () => {
    const answer = await tenant.get('/rooms', { sign: { key: 'another' } });
    expectError(answer, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('MAuth realm="http://marte3.dit.upm.es"');
  });

  it('is refused alike, whatever is wrong, in problem details too', async () => {
    const headers = { accept: 'application/problem+json' };
    const refusals = await Promise.all([
      tenant.get('/rooms', { headers, sign: { key: 'another' } }),
      tenant.get('/rooms', { headers, sign: { serviceId: UNKNOWN_ID } }),
      tenant.get('/rooms', { headers, sign: { serviceId: 'x' } }),
      tenant.get('/rooms', { headers, sign: { timestamp: 9 } }),
      tenant.get('/rooms', { headers, authorization: null }),
    ]);
    for (const { status, json } of refusals) {
      expect(status).toBe(401);
      expect(json).toEqual({
        type: '/docs/errors#UNAUTHENTICATED',
        title: 'Unauthorized',
        status: 401,
        detail: 'Credentials are missing or wrong',
        code: 'UNAUTHENTICATED',
      });
    }
  });

  it.each([
    ['HMAC_SHA256 for one of SHA-1', (header: string) => header.replace('SHA1', 'SHA256')],
    ['another user', (header: string) => header.replace('ann', 'bob')],
    ['another role', (header: string) => header.replace('viewer', 'presenter')],
    ['no user', (header: string) => header.replace(/,mauth_username=ann,mauth_role=viewer/, '')],
    ['another nonce', (header: string) => header.replace(/cnonce=(\d+)/, 'cnonce=1$1')],
    ['the scheme Basic', (header: string) => header.replace('MAuth', 'Basic')],
    ['a field that stands twice', (header: string) => `${header},mauth_cnonce=1`],
    ['an empty signature', (header: string) => header.replace(/signature=.*/, 'signature=')],
    ['a longer signature', (header: string) => `${header}=`],
    ['a shorter signature', (header: string) => header.slice(0, -1)],
    ['its signature in capitals', (header: string) => header.replace(/signature=.*/, upper)],
    ['a field of 15 kB', (header: string) => `${header},x=${'x'.repeat(15_000)}=`],
  ])('does not cover %s', async (_, change) => {
    const header = tenant.sign({ username: 'ann', role: 'viewer' }) ?? '';
    const changed = change(header);
    expect(changed).not.toBe(header);
    const answer = await tenant.get('/rooms', { authorization: changed });
    // A field that nobody knows changes nothing; all else is refused.
    if (changed.includes(',x=')) expectJson(answer, []);
    else expectError(answer, 'UNAUTHENTICATED');
  });

  it('is refused with a nonce longer than any client makes', async () => {
    expectJson(await tenant.get('/rooms', { sign: { cnonce: 'n'.repeat(64) } }), []);
    const answer = await tenant.get('/rooms', { sign: { cnonce: 'n'.repeat(65) } });
    expectError(answer, 'UNAUTHENTICATED');
  });

  it('in a header too long for HTTP ends that request alone', async () => {
    const answer = await tenant.get('/rooms', { authorization: `MAuth ${'x'.repeat(40_000)}` });
    expect(answer.status).toBe(431);
    expectJson(await tenant.get('/rooms'), []);
  });

  it('is never the second header: the first one counts, as for every proxy before', async () => {
    const status = await new Promise((resolve, reject) => {
      const authorization = [tenant.sign({ key: 'wrong' }) ?? '', tenant.sign() ?? ''];
      const headers = authorization.flatMap((value) => ['authorization', value]);
      request(`${tenant.url}/rooms`, { headers: ['host', 'x', ...headers] }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(401);
  });

  it('of a service counts for that service alone', async () => {
    const other = await server.createService('other');
    const header = signMAuthSync({
      ...credentials(),
      serviceId: other.credentials?.serviceId ?? '',
    });
    expectError(await tenant.get('/rooms', { authorization: header }), 'UNAUTHENTICATED');
  });

  it('of the superservice is checked like any other', async () => {
    const superservice = tenant.as(SUPERSERVICE);
    expect((await superservice.get('/services')).status).toBe(200);
    expectError(await superservice.get('/services', { sign: { key: '' } }), 'UNAUTHENTICATED');
  });
});

describe('a timestamp', () => {
  it.each([-WINDOW_MS + 5_000, WINDOW_MS - 5_000])('may be %d ms off', async (offset) => {
    const timestamp = clock.now() + offset;
    expectJson(await tenant.get('/rooms', { sign: { timestamp } }), []);
  });

  it.each([-WINDOW_MS - 5_000, WINDOW_MS + 5_000, -31_536_000_000])(
    'may not be %d ms off',
    async (offset) => {
      const timestamp = clock.now() + offset;
      expectError(await tenant.get('/rooms', { sign: { timestamp } }), 'UNAUTHENTICATED');
    },
  );

  it('grows old by the clock', async () => {
    const authorization = tenant.sign();
    clock.advance(WINDOW_MS + 1_000);
    expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
    expectJson(await tenant.get('/rooms', { sign: { timestamp: clock.now() } }), []);
  });

  it('may have a fraction, as floating-point clients send', async () => {
    const authorization = signedAt(`${clock.now()}.4375`);
    expectJson(await tenant.get('/rooms', { authorization }), []);
  });

  it.each([
    ['9', '9'],
    ['a text', 'now'],
    ['negative', `-${Date.now()}`],
    ['signed', `+${Date.now()}`],
    ['1e400', '1e400'],
    ['an exponent', '1.7e12'],
    ['hexadecimal', '0x18bcfe56800'],
    ['Infinity', 'Infinity'],
    ['NaN', 'NaN'],
    ['seconds', `${Math.trunc(Date.now() / 1000)}`],
    ['5,000 digits', '1'.repeat(5_000)],
    ['followed by more', `${Date.now()}x`],
  ])('that is %s is refused, and locks nobody out', async (_, timestamp) => {
    const answer = await tenant.get('/rooms', { authorization: signedAt(timestamp) });
    expectError(answer, 'UNAUTHENTICATED');
    expectJson(await tenant.get('/rooms'), []);
  });

  it.each(['', 'mauth_timestamp=,'])('that is missing is refused (%j)', async (replacement) => {
    const authorization = (tenant.sign() ?? '').replace(/mauth_timestamp=\d+,/, replacement);
    expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
  });
});

function upper(text: string): string {
  return text.toUpperCase().replace('SIGNATURE', 'signature');
}
