import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseMAuth } from '@nuvem/client';
import { signMAuthSync } from '@nuvem/client/node';
import type { Answer, ApiClient } from '../support/api-client.js';
import { Burst, countOf } from '../support/network/burst.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const REQUESTS = 1_000;
const JITTER_MS = 50;

/** For a machine that is busy with other things. */
jest.setTimeout(60_000);

let copies: TestApp[];
let tenant: ApiClient;
let urls: string[];
let burst: Burst;

beforeAll(async () => {
  const first = await startTestApp();
  const second = await startTestApp({ MONGODB_URI: first.databaseUri });
  copies = [first, second];
  burst = new Burst();
  urls = copies.map(({ url }) => url);
  tenant = await first.createService('tenant');
});

afterAll(async () => {
  burst.close();
  await Promise.all(copies.map((copy) => copy.close()));
});

/** Sends each after 0 to 50 ms, so that they arrive in any order. */
function sendAll(headers: string[], urlOf: (index: number) => string): Promise<number[]> {
  return Promise.all(
    headers.map(async (authorization, index) => {
      await wait(randomInt(JITTER_MS + 1));
      return burst.send('GET', `${urlOf(index)}/rooms`, { authorization });
    }),
  );
}

function signAll(count: number): string[] {
  return Array.from({ length: count }, () => tenant.sign() ?? '');
}

describe('requests in flight at once', () => {
  it('are none of them refused, signed at once and sent in any order', async () => {
    const headers = signAll(REQUESTS);
    const answers = await sendAll(headers, () => tenant.url);
    expect(countOf(answers)).toEqual({ 200: REQUESTS });
  });

  it('are all of them refused the second time, on the same or another instance', async () => {
    const headers = signAll(REQUESTS);
    await sendAll(headers, () => tenant.url);
    const again = await sendAll(headers, (index) => urls[index % 2] ?? '');
    expect(countOf(again)).toEqual({ 401: REQUESTS });
  });

  it('with one header are let in once, over two instances', async () => {
    const headers = Array<string>(100).fill(tenant.sign() ?? '');
    const answers = await sendAll(headers, (index) => urls[index % 2] ?? '');
    expect(countOf(answers)).toEqual({ 200: 1, 401: 99 });
  });

  it('are let in for two users who drew the same time and nonce', async () => {
    const node = await FakeNode.start((await copies[0]?.createService('n', 'node')) ?? tenant);
    const room = (await tenant.post('/rooms', { name: 'x' })).json as { _id: string };
    const same = { timestamp: Date.now(), cnonce: 7 };
    for (const username of ['ann', 'bob']) {
      const authorization = tenant.sign({ ...same, username, role: 'viewer' });
      const ask = (): Promise<Answer> =>
        tenant.post(`/rooms/${room._id}/tokens`, undefined, { authorization });
      expect((await ask()).status).toBe(200);
      expectError(await ask(), 'UNAUTHENTICATED');
    }
    await node.close();
    await tenant.delete(`/rooms/${room._id}`);
  });
});

describe('a header that was used', () => {
  it('is refused for another method and path: what made a room does not delete it', async () => {
    const authorization = tenant.sign();
    const created = await tenant.post('/rooms', { name: 'kept' }, { authorization });
    const path = `/rooms/${(created.json as { _id: string })._id}`;
    expectError(await tenant.delete(path, { authorization }), 'UNAUTHENTICATED');
    expect((await tenant.get(path)).status).toBe(200);
    await tenant.delete(path);
  });

  it('is used up by a request that was answered with an error', async () => {
    const authorization = tenant.sign();
    expect((await tenant.get('/rooms/x', { authorization })).status).toBe(404);
    expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
  });

  it('is still used with other ones between, and two sent in turn', async () => {
    const [one, other] = [tenant.sign(), tenant.sign()];
    for (const authorization of [one, other]) {
      expectJson(await tenant.get('/rooms', { authorization }), []);
    }
    for (const authorization of [one, other, one, other]) {
      expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
    }
  });

  it('reads no room, and tells nothing of one', async () => {
    const { json } = await tenant.post('/rooms', { name: 'secret' });
    const authorization = tenant.sign();
    expectJson(await tenant.get('/rooms', { authorization }), [expect.anything()]);
    const existing = (json as { _id: string })._id;
    for (const room of [existing, UNKNOWN_ID, 'x']) {
      for (const { url } of copies) {
        const answer = await tenant.at(url).get(`/rooms/${room}`, { authorization });
        expectError(answer, 'UNAUTHENTICATED');
      }
    }
    await tenant.delete(`/rooms/${existing}`);
  });

  it('issues no token, and leaves nothing behind', async () => {
    const service = (await copies[0]?.createService('n', 'node')) ?? tenant;
    const node = await FakeNode.start(service, { port: 8099 });
    const [used, unused] = await Promise.all(
      ['used', 'unused'].map(async (name) => {
        const { json } = await tenant.post('/rooms', { name });
        return (json as { _id: string })._id;
      }),
    );
    const authorization = tenant.sign({ username: 'ann', role: 'viewer' });
    const issue = (room = '', url = tenant.url): Promise<Answer> =>
      tenant.at(url).post(`/rooms/${room}/tokens`, undefined, { authorization });
    expect((await issue(used)).status).toBe(200);
    const connection = copies[0]?.app.get<Connection>(getConnectionToken());
    const tokens = connection?.collection('tokens');
    const before = await tokens?.countDocuments();
    const again = [used, unused, UNKNOWN_ID].flatMap((room) => urls.map((url) => issue(room, url)));
    for (const answer of await Promise.all(again)) expectError(answer, 'UNAUTHENTICATED');
    expect(await tokens?.countDocuments()).toBe(before);
    // Not even a node is given to the room that it named.
    const room = await connection?.collection('rooms').findOne({ name: 'unused' });
    expect(room).not.toHaveProperty('erizoControllerId');

    const nameless = tenant.sign();
    expectJson(await tenant.get('/rooms?limit=1', { authorization: nameless }), [
      expect.anything(),
    ]);
    const answer = await tenant.post(`/rooms/${used}/tokens`, undefined, {
      authorization: nameless,
    });
    expectError(answer, 'UNAUTHENTICATED');
    await node.close();
    await Promise.all([used, unused].map((id) => tenant.delete(`/rooms/${id}`)));
  });

  it('is the same header with its service id in capitals', async () => {
    const { serviceId, key } = tenant.credentials ?? { serviceId: '', key: '' };
    const upper = serviceId.toUpperCase();
    expect(upper).not.toBe(serviceId);
    const same = { key, timestamp: Date.now(), cnonce: 11 };
    const authorization = signMAuthSync({ ...same, serviceId: upper });
    expectJson(await tenant.get('/rooms', { authorization }), []);
    const lower = signMAuthSync({ ...same, serviceId });
    expectError(await tenant.get('/rooms', { authorization: lower }), 'UNAUTHENTICATED');
  });

  it('is refused after a restart', async () => {
    const [first] = copies;
    const authorization = tenant.sign();
    expectJson(await tenant.get('/rooms', { authorization }), []);
    const restarted = await startTestApp({ MONGODB_URI: first?.databaseUri ?? '' });
    const answer = await tenant.at(restarted.url).get('/rooms', { authorization });
    await restarted.close();
    expectError(answer, 'UNAUTHENTICATED');
  });

  it.each([420_000, -420_000])(
    'is remembered for two windows by the clock of the database, when ours is off by %i ms',
    async (offMs) => {
      const copy = copies[0]?.app;
      if (!copy) throw new Error('There is no copy');
      const clock = new TestClock(copy);
      clock.step(offMs);
      const authorization = tenant.sign({ timestamp: clock.now() });
      expectJson(await tenant.get('/rooms', { authorization }), []);
      clock.reset();
      const { signature } = parseMAuth(authorization ?? undefined) ?? { signature: '' };
      const connection = copy.get<Connection>(getConnectionToken());
      const hello = await (connection.db as mongo.Db).command({ hello: 1 });
      const now = (hello['localTime'] as Date).getTime();
      const nonces = await connection
        .collection<{ _id: string; expiresAt: Date }>('nonces')
        .find()
        .toArray();
      const nonce = nonces.find(({ _id }) => _id.endsWith(signature.slice(0, 32)));
      const leftMs = (nonce?.expiresAt.getTime() ?? 0) - now;
      expect(leftMs).toBeGreaterThan(600_000 + 420_000);
    },
  );

  it('is remembered for as long as its timestamp would let it in', async () => {
    const copy = copies[0]?.app;
    if (!copy) throw new Error('There is no copy');
    const clock = new TestClock(copy);
    const timestamp = clock.now() + 299_000;
    const authorization = tenant.sign({ timestamp });
    expectJson(await tenant.get('/rooms', { authorization }), []);
    clock.advance(598_000);
    expectError(await tenant.get('/rooms', { authorization }), 'UNAUTHENTICATED');
    const late = tenant.sign({ timestamp: timestamp + 1 });
    expectJson(await tenant.get('/rooms', { authorization: late }), []);
    clock.reset();
  });
});
