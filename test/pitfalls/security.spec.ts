import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { randomBytes } from 'node:crypto';
import { decodeToken, isSignedWith } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { expectError, expectJson, OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

jest.setTimeout(60_000);

let target: string;
let proxy: TcpProxy;
let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;

beforeAll(async () => {
  target = freshDatabaseUri();
  proxy = await TcpProxy.start(target);
  const uri = new URL(proxy.through(target));
  uri.searchParams.set('directConnection', 'true');
  server = await startTestApp({ MONGODB_URI: uri.href, FAILED_AUTH_PER_MINUTE: '100' });
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

afterEach(() => {
  proxy.delayMs = 0;
});

afterAll(async () => {
  await node.close();
  await server.close();
  await proxy.shut();
});

async function issue(): Promise<string> {
  const { json } = await tenant.post('/rooms', { name: 'r' });
  return (await tenant.token((json as { _id: string })._id, 'ann', 'presenter')).text;
}

describe('security', () => {
  // That generated keys have 256 bits: src/config/load-environment.spec.ts and test/server.
  it('tokens are signed with a key of their own', async () => {
    const claims = decodeToken(await issue());
    expect(claims && isSignedWith(claims, TOKEN_KEY)).toBe(true);
    expect(claims && isSignedWith(claims, SUPERSERVICE.key)).toBe(false);
  });

  it("nobody is shown a tenant's key, and the database holds none in clear", async () => {
    const givenKey = randomBytes(32).toString('hex');
    await server.superservice.post('/services', { name: 'x', key: givenKey });
    const list = await server.superservice.get('/services');
    const client = await MongoClient.connect(target);
    const stored = await client.db().collection('services').find().toArray();
    await client.close();
    for (const text of [list.text, JSON.stringify(stored)]) {
      expect(text).toContain('"x"');
      expect(text).not.toContain(givenKey);
      expect(text).not.toContain(tenant.credentials?.key);
    }
  });

  it('the header that created a room does not delete it', async () => {
    const authorization = tenant.sign();
    const { json } = await tenant.post('/rooms', { name: 'x' }, { authorization });
    const path = `/rooms/${(json as { _id: string })._id}`;
    expectError(await tenant.delete(path, { authorization }), 'UNAUTHENTICATED');
    expect((await tenant.get(path)).status).toBe(200);
  });

  it('a year-old header is refused, and two in turn work once each', async () => {
    const timestamp = Date.now() - 31_536_000_000;
    expectError(await tenant.get('/rooms', { sign: { timestamp } }), 'UNAUTHENTICATED');
    const headers = [tenant.sign(), tenant.sign()];
    const statuses: number[] = [];
    for (const authorization of [...headers, ...headers, ...headers]) {
      statuses.push((await tenant.get('/rooms', { authorization })).status);
    }
    expect(statuses).toEqual([200, 200, 401, 401, 401, 401]);
  });

  it('honest calls are let in, in whatever order they arrive', async () => {
    const headers = Array.from({ length: 50 }, (_, age) =>
      tenant.sign({ timestamp: Date.now() - age * 20 }),
    );
    const answers = await Promise.all(
      headers.map((authorization) => tenant.get('/rooms?limit=1', { authorization })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  });

  it('the timestamp 9 locks nobody out, and a header without one is refused', async () => {
    expectError(await tenant.get('/rooms', { sign: { timestamp: 9 } }), 'UNAUTHENTICATED');
    const header = (tenant.sign() ?? '').replace(/mauth_timestamp=\d+,/, '');
    expectError(await tenant.get('/rooms', { authorization: header }), 'UNAUTHENTICATED');
    expect((await tenant.get('/rooms')).status).toBe(200);
  });

  it('a signature is compared whole; wrong in any character it is refused', async () => {
    const header = tenant.sign() ?? '';
    const begin = header.indexOf('signature=', header.indexOf('timestamp')) + 'signature='.length;
    for (const at of [begin, begin + 20, header.length - 3, header.length - 1]) {
      const wrong = header.slice(0, at) + (header[at] === 'A' ? 'B' : 'A') + header.slice(at + 1);
      expectError(await tenant.get('/rooms', { authorization: wrong }), 'UNAUTHENTICATED');
    }
    expect((await tenant.get('/rooms', { authorization: header })).status).toBe(200);
  });

  it.each([
    ['a comma in a value', (header: string) => header.replace('realm=', 'realm=a,')],
    ['the scheme Basic', (header: string) => header.replace('MAuth', 'Basic')],
    ['a field given twice', (header: string) => `${header},mauth_serviceid=${UNKNOWN_ID}`],
  ])('the header is read in one way; %s is refused', async (_, change) => {
    const authorization = change(tenant.sign() ?? '');
    expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
  });

  it('= in a value and spaces between fields are read as they are meant', async () => {
    const signed = tenant.sign({ username: 'a=b', role: 'x' }) ?? '';
    const authorization = signed.replaceAll(',', ', ');
    expect((await tenant.get('/rooms', { authorization })).status).toBe(200);
  });

  it('of two who redeem a token ten times at once, one lets in, with the database 20 ms away', async () => {
    const token = await issue();
    proxy.delayMs = 10;
    const answers = await Promise.all(
      [node.client, server.superservice].map((client) =>
        Promise.all(Array.from({ length: 10 }, () => client.post('/v1/tokens/redeem', { token }))),
      ),
    );
    const statuses = answers.map((side) => side.map(({ status }) => status));
    expect(statuses).toContainEqual(Array(10).fill(200));
    expect(statuses).toContainEqual(Array(10).fill(410));
  });

  it('a token one hour old is refused', async () => {
    const token = await issue();
    const clock = new TestClock(server.app);
    clock.advance(3_600_000);
    const sign = { timestamp: clock.now() };
    expectError(await node.client.post('/v1/tokens/redeem', { token }, { sign }), 'TOKEN_EXPIRED');
    clock.reset();
  });

  it('fields that nobody asked for are dropped, and names are texts', async () => {
    const body = { name: 'x', _id: UNKNOWN_ID, service: UNKNOWN_ID, erizoControllerId: node.id };
    const answer = await tenant.post('/rooms', body);
    expectJson(answer, { _id: OBJECT_ID, name: 'x' });
    expectError(await tenant.get(`/rooms/${UNKNOWN_ID}`), 'ROOM_NOT_FOUND');
    for (const name of [null, { $gt: '' }, ['x'], 1]) {
      expectError(await tenant.post('/rooms', { name }), 'INVALID_ROOM');
    }
    for (const role of ['admin', 'superservice', null]) {
      const service = await server.superservice.post('/services', { name: 'x', role });
      expectError(service, 'INVALID_SERVICE');
    }
  });

  it('a body is read after authentication, and wrong JSON answered without a stack', async () => {
    const rawBody = '{"name":';
    const stranger = await tenant.as(null).call('POST', '/rooms', { rawBody });
    expectError(stranger, 'UNAUTHENTICATED');
    expectError(await tenant.call('POST', '/rooms', { rawBody }), 'MALFORMED_BODY');
  });

  it('browsers may PUT and PATCH, and are told nothing of the software', async () => {
    const answer = await tenant.as(null).call('OPTIONS', '/rooms', {
      headers: { origin: 'https://example.com', 'access-control-request-method': 'PATCH' },
    });
    expect(answer.status).toBe(204);
    const methods = answer.headers.get('access-control-allow-methods');
    expect(methods?.split(', ')).toEqual(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
    const { headers } = await tenant.get('/rooms?limit=1');
    for (const name of ['x-powered-by', 'server']) expect(headers.get(name)).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('403 is said where it is meant, and 401 kept where clients know it', async () => {
    expectProblem(await tenant.get('/v1/nodes'), 'FORBIDDEN');
    expectError(await tenant.get('/services'), 'SERVICE_NOT_AUTHORIZED');
  });

  it('an address that keeps failing to sign in is held off', async () => {
    const statuses = new Set<number>();
    for (let failure = 0; failure < 120; failure++) {
      statuses.add((await tenant.get('/rooms', { sign: { key: 'wrong' } })).status);
    }
    expect([...statuses]).toEqual([401, 429]);
    expect((await tenant.get('/rooms')).status).toBe(200);
  });
});
