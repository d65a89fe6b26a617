import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { recordedEvents } from '../support/recorded-events.js';
import { UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Issued {
  id: string;
  token: string;
}

let server: TestApp;
let tenant: ApiClient;
let other: ApiClient;
let node: FakeNode;
let path: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createTenant('tenant');
  other = await server.createTenant('other');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  path = await tokensOfNewRoom();
});

afterAll(async () => {
  await node.close();
  await server.close();
});

async function tokensOfNewRoom(): Promise<string> {
  const { json } = await tenant.post('/v1/rooms', { name: 'room' });
  return `/v1/rooms/${(json as { id: string }).id}/tokens`;
}

async function issue(userName: string, more: object = {}): Promise<Issued> {
  const { status, json } = await tenant.post(path, { userName, role: 'presenter', ...more });
  expect(status).toBe(201);
  return json as Issued;
}

const redeem = (token: string): Promise<Answer> => node.client.post('/v1/tokens/redeem', { token });

/** The ids of a list, page by page. */
async function idsOf(query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`;
    const { status, json } = await tenant.get(`${path}?${query}${cursor}`);
    expect(status).toBe(200);
    const page = json as { items: Issued[]; next: string | null };
    ids.push(...page.items.map(({ id }) => id));
    next = page.next;
  }
  return ids;
}

describe("the list of a room's tokens", () => {
  it('has those that can still be redeemed, by pages, and never their strings', async () => {
    const issued: Issued[] = [];
    for (let count = 0; count < 7; count++) issued.push(await issue(`user ${count}`));
    const [used, revoked, ...left] = issued as [Issued, Issued, ...Issued[]];
    expect((await redeem(used.token)).status).toBe(200);
    expect((await tenant.delete(`${path}/${revoked.id}`)).status).toBe(204);
    const whole = await tenant.get(path);
    expect((whole.json as { items: object[] }).items[0]).toEqual({
      id: left[0]?.id,
      roomId: path.split('/')[3],
      userName: 'user 2',
      role: 'presenter',
      host: '192.0.2.2:8080',
      secure: false,
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    for (const { token } of issued) expect(whole.text).not.toContain(token);
    const ids = left.map(({ id }) => id);
    for (const limit of [1, 2, 5, 50]) expect(await idsOf(`limit=${limit}`)).toEqual(ids);
  });

  it('is of a name or an id where it is asked for', async () => {
    const metadata = { 'a.b': [{ $gt: 1 }] };
    const ann = await issue('ann', { userId: 'u-1', metadata, ttlSeconds: 86_400 });
    const bob = await issue('bob', { userId: 'u-1' });
    await issue('bob');
    expect(await idsOf('userName=ann')).toEqual([ann.id]);
    expect(await idsOf('userId=u-1&limit=1')).toEqual([ann.id, bob.id]);
    expect(await idsOf('userId=u-1&userName=bob')).toEqual([bob.id]);
    expect(await idsOf('userId=u-2')).toEqual([]);
    const { json } = await tenant.get(`${path}/${ann.id}`);
    expect(json).toMatchObject({ userId: 'u-1', metadata });
    const { createdAt, expiresAt } = json as { createdAt: string; expiresAt: string };
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(86_400_000);
  });

  it("refuses another tenant, another's cursor and what is no filter", async () => {
    expectProblem(await other.get(path), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${UNKNOWN_ID}/tokens`), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get(`${path}?cursor=WzFd`), 'INVALID_REQUEST', 'cursor');
    expectProblem(await tenant.get(`${path}?userName=`), 'INVALID_REQUEST', 'userName');
    expectProblem(await tenant.get(`${path}?role=viewer`), 'INVALID_REQUEST', 'role');
    expectProblem(await node.client.get(path), 'FORBIDDEN');
  });
});

describe('a token that is taken back', () => {
  it('lets nobody in, and is not there to take back again', async () => {
    const { id, token } = await issue('ann');
    expectProblem(await other.delete(`${path}/${id}`), 'TOKEN_NOT_FOUND');
    expectProblem(await tenant.delete(`${await tokensOfNewRoom()}/${id}`), 'TOKEN_NOT_FOUND');
    expect((await tenant.delete(`${path}/${id}`)).status).toBe(204);
    expectProblem(await redeem(token), 'TOKEN_REVOKED');
    expectProblem(await tenant.delete(`${path}/${id}`), 'TOKEN_NOT_FOUND');
    expectProblem(await tenant.get(`${path}/${id}`), 'TOKEN_NOT_FOUND');
    for (const none of [UNKNOWN_ID, 'x']) {
      expectProblem(await tenant.delete(`${path}/${none}`), 'TOKEN_NOT_FOUND');
    }
  });

  it.each([
    ['a name', () => ({ userName: 'ann' }), ['ann 1', 'ann 2']],
    ['an id', () => ({ userId: 'u-1' }), ['ann 1', 'bob 1']],
    ['a time', (time: string) => ({ issuedBefore: time }), ['ann 1', 'ann 2', 'bob 1']],
    ['the room', () => ({ all: true }), ['ann 1', 'ann 2', 'bob 1', 'carl 1']],
  ])('is one of all of %s', async (_, bodyOf, dead) => {
    const tokens = new Map<string, string>();
    const add = async (name: string, count: number, more: object = {}): Promise<void> => {
      tokens.set(`${name} ${count}`, (await issue(name, more)).token);
    };
    await add('ann', 1, { userId: 'u-1' });
    await add('ann', 2);
    await add('bob', 1, { userId: 'u-1' });
    const used = await issue('ann', { userId: 'u-1' });
    expect((await redeem(used.token)).status).toBe(200);
    const { json: last } = await tenant.get(`${path}?userId=u-1&userName=bob`);
    const { createdAt } = (last as { items: { createdAt: string }[] }).items[0] ?? {
      createdAt: '',
    };
    const time = new Date(Date.parse(createdAt) + 1).toISOString();
    // Not in the same millisecond.
    while (Date.now() <= Date.parse(time) + 5) await tenant.get(path);
    await add('carl', 1);
    const before = await recordedEvents(server, tenant);
    const answer = await tenant.post(`${path}/revoke`, bodyOf(time));
    expect([answer.status, answer.json]).toEqual([200, { revoked: dead.length }]);
    const events = (await recordedEvents(server, tenant)).slice(before.length);
    expect(events.map(({ type }) => type)).toEqual(dead.map(() => 'token.revoked'));
    for (const [name, token] of tokens) {
      expect([name, (await redeem(token)).status]).toEqual([name, dead.includes(name) ? 410 : 200]);
    }
    expect((await tenant.post(`${path}/revoke`, bodyOf(time))).json).toEqual({ revoked: 0 });
  });

  it('is more than are read at a time', async () => {
    const names = Array.from({ length: 600 }, (_, count) => `user ${count}`);
    for (let from = 0; from < names.length; from += 100) {
      await Promise.all(names.slice(from, from + 100).map((name) => issue(name)));
    }
    expect((await tenant.post(`${path}/revoke`, { all: true })).json).toEqual({ revoked: 600 });
    expect(await idsOf('limit=1000')).toEqual([]);
  });

  it.each([
    ['none', {}],
    ['two', { userName: 'ann', all: true }],
    ['false', { all: false }],
    ['a time that is none', { issuedBefore: 'yesterday' }],
    ['an operator', { userName: { $gt: '' } }],
  ])('is refused with %s', async (_, body) => {
    expectProblem(await tenant.post(`${path}/revoke`, body), 'INVALID_REQUEST');
  });

  it("is none of another tenant's", async () => {
    await issue('ann');
    expectProblem(await other.post(`${path}/revoke`, { all: true }), 'ROOM_NOT_FOUND');
    expect(await idsOf('')).toHaveLength(1);
  });
});

describe('a token request', () => {
  it.each([
    ['an id of 129 characters', { userId: 'x'.repeat(129) }, 'userId'],
    ['an id that is none', { userId: 5 }, 'userId'],
    ['metadata that are a list', { metadata: [] }, 'metadata'],
    ['metadata of more than 4 kB', { metadata: { a: 'x'.repeat(4_096) } }, 'metadata'],
    ['metadata of null', { metadata: null }, 'metadata'],
    ['no time to live', { ttlSeconds: 0 }, 'ttlSeconds'],
    ['more than a day to live', { ttlSeconds: 86_401 }, 'ttlSeconds'],
    ['half a second to live', { ttlSeconds: 1.5 }, 'ttlSeconds'],
    ['a time that is none', { notBefore: '2026-02-30T00:00:00Z' }, 'notBefore'],
    ['a beginning after the end', { notBefore: '2099-01-01T00:00:00Z' }, 'notBefore'],
  ])('is refused with %s', async (_, more, field) => {
    const body = { userName: 'ann', role: 'presenter', ...more };
    expectProblem(await tenant.post(path, body), 'INVALID_REQUEST', field);
  });

  it('takes metadata of 4 kB, whatever its keys', async () => {
    const metadata = { $where: 'x', 'a.b': { _bsontype: 'ObjectId' }, c: '' };
    metadata.c = 'x'.repeat(4_096 - JSON.stringify(metadata).length);
    const { token } = await issue('ann', { metadata });
    expect((await redeem(token)).json).toMatchObject({ metadata });
  });
});
