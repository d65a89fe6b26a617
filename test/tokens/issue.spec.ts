import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeToken, isSignedWith } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { TestClock } from '../support/test-clock.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'), {
    hostname: 'media.example.com',
    port: 8443,
    secure: true,
  });
  node.keepBeating();
});

afterAll(async () => {
  await node.close();
  await server.close();
});

const redeem = (answer: Answer): Promise<Answer> =>
  node.client.post('/v1/tokens/redeem', { token: answer.text });

describe('POST /rooms/:room/tokens', () => {
  it("answers a token string for the room's node, signed with the token key", async () => {
    const answer = await tenant.token(await tenant.createRoom(), 'ann', 'presenter');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const claims = decodeToken(answer.text);
    expect(claims).toEqual({
      tokenId: OBJECT_ID,
      host: 'media.example.com:8443',
      secure: true,
      signature: expect.stringMatching(/^[A-Za-z0-9+/]{54}==$/),
    });
    expect(claims && isSignedWith(claims, TOKEN_KEY)).toBe(true);
    expect(claims && isSignedWith(claims, SUPERSERVICE.key)).toBe(false);
  });

  it('takes user and role in a JSON body as well, and in a form', async () => {
    const room = await tenant.createRoom();
    const json = await tenant.post(`/rooms/${room}/tokens`, { userName: 'Ann B', role: 'viewer' });
    expect((await redeem(json)).json).toMatchObject({ userName: 'Ann B', role: 'viewer' });
    const form = await tenant.call('POST', `/rooms/${room}/tokens`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: 'userName=bob&role=presenter',
    });
    expect((await redeem(form)).json).toMatchObject({ userName: 'bob', role: 'presenter' });
  });

  it('believes the signed user and not the one in the body', async () => {
    const room = await tenant.createRoom();
    const answer = await tenant.post(
      `/rooms/${room}/tokens`,
      { userName: 'mallory', role: 'presenter' },
      { sign: { username: 'ann', role: 'viewer' } },
    );
    expect((await redeem(answer)).json).toMatchObject({ userName: 'ann', role: 'viewer' });
  });

  it('makes another token each time', async () => {
    const room = await tenant.createRoom();
    const answers = await Promise.all([1, 2, 3].map(() => tenant.token(room, 'ann', 'viewer')));
    expect(new Set(answers.map(({ text }) => decodeToken(text)?.tokenId)).size).toBe(3);
  });

  it.each([
    ['no user', undefined, { role: 'viewer' }],
    ['no role', undefined, { userName: 'ann' }],
    ['an empty user', undefined, { userName: '', role: 'viewer' }],
    ['an empty signed user', { username: '', role: 'viewer' }, undefined],
    ['an empty signed role', { username: 'ann', role: '' }, { role: 'viewer' }],
    ['nothing', undefined, undefined],
  ])('asks who it is for with %s', async (_, sign, body) => {
    const answer = await tenant.post(`/rooms/${await tenant.createRoom()}/tokens`, body, { sign });
    expectError(answer, 'NAME_AND_ROLE_REQUIRED');
  });

  it.each([
    ['a user that is an object', { userName: { $gt: '' }, role: 'viewer' }],
    ['a user that is null', { userName: null, role: 'viewer' }],
    ['a user of 257 characters', { userName: 'x'.repeat(257), role: 'viewer' }],
    ['a role that is a list', { userName: 'ann', role: ['viewer'] }],
    ['a region that is null', { userName: 'ann', role: 'viewer', region: null }],
    ['a region of 65 characters', { userName: 'ann', role: 'viewer', region: 'x'.repeat(65) }],
  ])('refuses %s', async (_, body) => {
    const answer = await tenant.post(`/rooms/${await tenant.createRoom()}/tokens`, body);
    expectError(answer, 'INVALID_REQUEST');
  });

  it.each(['.', '..', '%2e.', 'a/../../b'])(
    'refuses the user or role %j, which no path leads to',
    async (name) => {
      const room = await tenant.createRoom();
      const path = `/rooms/${room}/tokens`;
      expectError(await tenant.post(path, { userName: name, role: 'viewer' }), 'INVALID_REQUEST');
      expectError(await tenant.post(path, { userName: 'ann', role: name }), 'INVALID_REQUEST');
      expectError(await tenant.token(room, name, 'viewer'), 'INVALID_REQUEST');
      expectError(await tenant.token(room, 'ann', name), 'INVALID_REQUEST');
      expect((await tenant.token(room, '...', 'a/b')).status).toBe(200);
    },
  );

  it('answers 404 for a room that is not there, or not its own', async () => {
    const room = await tenant.createRoom();
    const other = await server.createService('other');
    for (const id of [UNKNOWN_ID, 'abc']) {
      expectError(await tenant.token(id, 'ann', 'viewer'), 'ROOM_NOT_FOUND');
    }
    expectError(await other.token(room, 'ann', 'viewer'), 'ROOM_NOT_FOUND');
    expectError(await server.superservice.token(room, 'ann', 'viewer'), 'ROOM_NOT_FOUND');
  });

  it('keeps a room on its node when the room is changed', async () => {
    const room = await tenant.createRoom();
    const first = await FakeNode.start(node.client, { port: 9001 });
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: true });
    const hostOf = async (): Promise<string | undefined> =>
      decodeToken((await tenant.token(room, 'ann', 'viewer')).text)?.host;
    expect(await hostOf()).toBe('192.0.2.2:9001');
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: false });
    await first.client.patch(`/v1/nodes/${first.id}`, { draining: true });
    await tenant.put(`/rooms/${room}`, { name: 'new', options: { data: { a: 1 } } });
    await tenant.patch(`/rooms/${room}`, { name: 'newer', options: { p2p: true } });
    expect(await hostOf()).toBe('192.0.2.2:9001');
    await first.client.delete(`/v1/nodes/${first.id}`);
    expect(await hostOf()).toBe('media.example.com:8443');
    await first.close();
  });
});

describe('a test room', () => {
  it('is one a service, with one token for the configured host, good for 490 joins', async () => {
    const options = { test: true };
    const { json } = await tenant.post('/rooms', { name: 'whatever', options });
    const { _id } = json as { _id: string };
    expect(json).toEqual({ _id, name: 'testRoom' });
    expect((await tenant.post('/rooms', { name: 'x', options })).json).toEqual(json);

    const tokens = await Promise.all([1, 2].map(() => tenant.token(_id, 'ann', 'presenter')));
    const again = await tenant.token(_id, 'ann', 'presenter');
    expect(decodeToken(again.text)).toMatchObject({ host: 'localhost:8080', secure: false });
    expect(tokens.map(({ text }) => text)).toContain(again.text);

    const use = (): Promise<Answer> =>
      server.superservice.post('/v1/tokens/redeem', { token: again.text });
    const uses = await Promise.all(Array.from({ length: 490 }, use));
    const counts = uses.map((answer) => (answer.json as { use: number }).use);
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 490 }, (_, i) => i + 1));
    expectError(await use(), 'TOKEN_NOT_FOUND');
    const next = await tenant.token(_id, 'ann', 'presenter');
    expect(next.status).toBe(200);
    expect(next.text).not.toBe(again.text);
  }, 60_000);

  it('gives everyone the user and the role that were asked for', async () => {
    const { json } = await tenant.post('/rooms', { name: 'x', options: { test: true } });
    const { _id } = json as { _id: string };
    const wanted = [
      { userName: 'carl', role: 'presenter' },
      { userName: 'carl', role: 'viewer' },
      { userName: 'dora', role: 'viewer' },
    ];
    for (const { userName, role } of wanted) {
      const { text: token } = await tenant.token(_id, userName, role);
      const redeemed = await server.superservice.post('/v1/tokens/redeem', { token });
      expect(redeemed.json).toMatchObject({ userName, role, use: 1 });
    }
  });

  it('has tokens that expire like others, unless they are asked for again', async () => {
    const own = await startTestApp();
    const clock = new TestClock(own.app);
    const creator = await own.createService('tenant');
    const call = (path: string, body: unknown, client = creator): Promise<Answer> =>
      client.post(path, body, { sign: { timestamp: clock.now() } });
    const { json } = await creator.post('/rooms', { name: 'x', options: { test: true } });
    const path = `/rooms/${(json as { _id: string })._id}/tokens`;
    const ask = (): Promise<Answer> => call(path, { userName: 'ann', role: 'viewer' });
    const redeem = (token: string): Promise<Answer> =>
      call('/v1/tokens/redeem', { token }, own.superservice);

    const { text: token } = await ask();
    clock.advance(170_000);
    expect((await ask()).text).toBe(token);
    clock.advance(170_000);
    expect((await redeem(token)).json).toMatchObject({ use: 1 });
    clock.advance(10_001);
    expectError(await redeem(token), 'TOKEN_EXPIRED');
    const { text: next } = await ask();
    expect(next).not.toBe(token);
    expectError(await redeem(token), 'TOKEN_EXPIRED');
    expect((await redeem(next)).json).toMatchObject({ use: 1 });
    await own.close();
  });
});
