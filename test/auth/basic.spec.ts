import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { ErrorCode } from '../../src/common/errors/error-catalog.js';
import type { ApiClient, Credentials } from '../support/api-client.js';
import { OWN_ADDRESS } from '../support/network/own-address.js';
import { send, type SentAnswer } from '../support/sign-in/http-signed.js';
import { addProbe } from '../support/sign-in/probe.controller.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';

type Headers = [name: string, value: string][];

let server: TestApp;
let tenant: Credentials;

beforeAll(async () => {
  addProbe();
  server = await startTestApp();
  tenant = credentialsOf(await server.createService('tenant'));
});

afterAll(() => server.close());

function credentialsOf({ credentials }: ApiClient): Credentials {
  if (!credentials) throw new Error('The service has no key');
  return credentials;
}

function basic({ serviceId, key }: Credentials): string {
  return `Basic ${encoded(`${serviceId}:${key}`)}`;
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function get(
  authorization: string,
  { target = '/v1/probe', url = server.url, headers = [] as Headers } = {},
): Promise<SentAnswer> {
  return send(url, {
    method: 'GET',
    target,
    headers: [['authorization', authorization], ...headers],
  });
}

describe("a service's id and key", () => {
  it('sign it in, as often as it likes, and nothing is written', async () => {
    const nonces = server.app.get<Connection>(getConnectionToken()).collection('nonces');
    const before = await nonces.countDocuments();
    for (const target of ['/v1/probe', '/v1/probe', '/v1/probe/during', '/v1/probe/lingering']) {
      expect((await get(basic(tenant), { target })).status).toBe(200);
    }
    const { json } = await get(basic(tenant));
    expect(json).toEqual({ service: tenant.serviceId, query: {} });
    expect(await nonces.countDocuments()).toBe(before);
  });

  it('sign in the superservice', async () => {
    const { json } = await get(basic(SUPERSERVICE));
    expect(json).toEqual({ service: SUPERSERVICE.serviceId, query: {} });
  });

  it.each([
    ['the id in capitals', (header: string) => basicOf(header, upperId)],
    ['the scheme in small letters', (header: string) => header.replace('Basic', 'basic')],
    ['spaces around', (header: string) => `${header.replace(' ', '   ')} `],
  ])('may have %s', async (_, change) => {
    const header = basic(tenant);
    expect(change(header)).not.toBe(header);
    expect((await get(change(header))).status).toBe(200);
  });

  it('may hold colons and letters of any language', async () => {
    const key = `:schlüssel:鍵:${crypto.randomUUID()}`;
    const { json } = await server.superservice.post('/services', { name: 'own', key });
    const serviceId = String(json);
    expect((await get(basic({ serviceId, key }))).status).toBe(200);
    const almost = { serviceId, key: key.replace('ü', 'u') };
    expect((await get(basic(almost))).code).toBe('UNAUTHENTICATED');
  });

  it('may do what the role of the service may', async () => {
    const { status, code } = await get(basic(tenant), { target: '/v1/probe/nodes' });
    expect([status, code]).toEqual([403, 'FORBIDDEN']);
  });

  it.each([
    ['another key', () => basic({ ...tenant, key: SUPERSERVICE.key })],
    ['a key that is longer', () => basic({ ...tenant, key: `${tenant.key}0` })],
    ['a key that is shorter', () => basic({ ...tenant, key: tenant.key.slice(0, -1) })],
    ['a key in capitals', () => basic({ ...tenant, key: tenant.key.toUpperCase() })],
    ['no key', () => basic({ ...tenant, key: '' })],
    ['an unknown service', () => basic({ ...tenant, serviceId: UNKNOWN_ID })],
    ['an id that is none', () => basic({ ...tenant, serviceId: '../x' })],
    ['no id', () => basic({ ...tenant, serviceId: '' })],
    ['a space before the id', () => basic({ ...tenant, serviceId: ` ${tenant.serviceId}` })],
    ['the superservice with no key', () => basic({ ...SUPERSERVICE, key: '' })],
    ['no colon', () => `Basic ${encoded(tenant.serviceId + tenant.key)}`],
    ['nothing at all', () => 'Basic'],
    ['a space alone', () => 'Basic '],
    ['what is no base64', () => `Basic ${tenant.serviceId}:${tenant.key}`],
    ['base64 that is cut off', () => basic(tenant).replace(/=*$/, '').slice(0, -1)],
    ['a sign that base64 has not', () => basic(tenant).replace(/^Basic ./, 'Basic *')],
    ['bytes that are no ASCII', () => `Basic ${encoded('x').replace('e', 'é')}`],
    [
      'bytes that are no UTF-8',
      () => `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
    ],
    ['a NUL', () => basic({ ...tenant, key: `${tenant.key}\0` })],
    ['more behind it', () => `${basic(tenant)}, ${basic(tenant)}`],
    ['15 kB', () => `Basic ${'AAAA'.repeat(3_750)}`],
    ['15 kB that are almost base64', () => `Basic ${'AAAA'.repeat(3_750)}*`],
  ])('are refused, and nothing is told, with %s', async (_, header) => {
    const { status, json, headers } = await get(header());
    expect(status).toBe(401);
    expect(json).toEqual({
      type: '/docs/errors#UNAUTHENTICATED',
      title: 'Unauthorized',
      status: 401,
      detail: 'Credentials are missing or wrong',
      code: 'UNAUTHENTICATED',
    });
    expect(headers.get('www-authenticate')).toBe(
      'Basic realm="nuvem", charset="UTF-8", MAuth realm="http://marte3.dit.upm.es"',
    );
    expect(headers.get('accept-signature')).toBe(
      'nuvem=("@method" "@path" "@query" "content-digest");created;alg="hmac-sha256";tag="nuvem"',
    );
  });

  it('are never those of a second header', async () => {
    const wrong = basic({ ...tenant, key: 'wrong' });
    const second: Headers = [['authorization', basic(tenant)]];
    expect((await get(wrong, { headers: second })).code).toBe('UNAUTHENTICATED');
  });

  it('count where they stand with a signature', async () => {
    const signature: Headers = [['signature-input', 'nuvem=();tag="nuvem"']];
    expect((await get(basic(tenant), { headers: signature })).status).toBe(200);
    const wrong = basic({ ...tenant, key: 'wrong' });
    expect((await get(wrong, { headers: signature })).code).toBe('UNAUTHENTICATED');
  });

  it("are unknown to Nuve's routes, which ask for MAuth alone", async () => {
    for (const key of [tenant.key, 'wrong']) {
      const authorization = basic({ ...tenant, key });
      const answer = await server.superservice.get('/rooms', { authorization });
      expectError(answer, 'UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('MAuth realm="http://marte3.dit.upm.es"');
      expect(answer.headers.get('accept-signature')).toBeNull();
    }
  });

  it('that are wrong too often are answered 429, and right ones still sign in', async () => {
    const limited = await startTestApp({
      MONGODB_URI: server.databaseUri,
      FAILED_AUTH_PER_MINUTE: '3',
    });
    const codes: (ErrorCode | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      codes.push((await get(basic({ ...tenant, key: 'wrong' }), { url: limited.url })).code);
    }
    const { status } = await get(basic(tenant), { url: limited.url });
    await limited.close();
    expect(codes).toEqual([...Array<ErrorCode>(3).fill('UNAUTHENTICATED'), 'RATE_LIMITED']);
    expect(status).toBe(200);
  });
});

describe('a key in the open', () => {
  const HTTPS: Headers = [['x-forwarded-proto', 'https']];
  const HTTP: Headers = [['x-forwarded-proto', 'http']];
  const CLIENT: Headers = [['x-forwarded-for', '198.51.100.7']];
  const OPEN = [403, 'TLS_REQUIRED'];
  const TAKEN = [200, undefined];

  it.each([
    ['from this machine', 'false', '127.0.0.1', [], TAKEN],
    ['from another', 'false', OWN_ADDRESS, [], OPEN],
    ['from another that says https itself', 'false', OWN_ADDRESS, HTTPS, OPEN],
    ['from another that says it is a proxy', 'false', OWN_ADDRESS, [...HTTPS, ...CLIENT], OPEN],
    ['by a proxy here that got it over https', 'false', '127.0.0.1', [...HTTPS, ...CLIENT], TAKEN],
    ['by a proxy here that got it over http', 'false', '127.0.0.1', [...HTTP, ...CLIENT], OPEN],
    ['by a proxy here that does not say', 'false', '127.0.0.1', CLIENT, OPEN],
    ['by a proxy here in the new words', 'false', '127.0.0.1', [['forwarded', 'for=x']], OPEN],
    ['by two proxies, the first over http', 'false', '127.0.0.1', [...HTTP, ...HTTPS], OPEN],
    ['by a trusted proxy over https', '1', OWN_ADDRESS, [...HTTPS, ...CLIENT], TAKEN],
    ['by a trusted proxy over http', '1', OWN_ADDRESS, [...HTTP, ...CLIENT], OPEN],
    ['by a trusted proxy that does not say', '1', OWN_ADDRESS, CLIENT, OPEN],
    ['by a proxy in a trusted network', OWN_ADDRESS, OWN_ADDRESS, HTTPS, TAKEN],
    ['by a proxy that is not trusted', '203.0.113.0/24', OWN_ADDRESS, HTTPS, OPEN],
    ['by a trusted proxy here, over http', 'loopback', '127.0.0.1', [...HTTP, ...CLIENT], OPEN],
    ['from this machine, which is trusted', 'loopback', '127.0.0.1', [], TAKEN],
  ] as [string, string, string, Headers, unknown[]][])(
    '%s, TRUST_PROXY=%s',
    async (_, TRUST_PROXY, address, headers, expected) => {
      const { databaseUri: MONGODB_URI } = server;
      const open = await startTestApp({ MONGODB_URI, HOST: '0.0.0.0', TRUST_PROXY });
      const url = `http://${address}:${new URL(open.url).port}`;
      const { status, code } = await get(basic(tenant), { url, headers });
      await open.close();
      expect([status, code]).toEqual(expected);
    },
  );

  it('is refused alike whether it is right, with what to do instead', async () => {
    const headers = CLIENT;
    const answers = [
      await get(basic(tenant), { headers }),
      await get(basic({ ...tenant, key: 'wrong' }), { headers }),
      await get('Basic', { headers }),
    ];
    for (const { json } of answers) {
      expect(json).toEqual({
        type: '/docs/errors#TLS_REQUIRED',
        title: 'Forbidden',
        status: 403,
        detail:
          'Use https (behind a proxy that ends TLS, set TRUST_PROXY), or sign the request, which sends no key',
        code: 'TLS_REQUIRED',
      });
    }
  });
});

function basicOf(header: string, change: (text: string) => string): string {
  const text = Buffer.from(header.slice('Basic '.length), 'base64').toString();
  return `Basic ${encoded(change(text))}`;
}

function upperId(text: string): string {
  return text.replace(/^\w+/, (id) => id.toUpperCase());
}
