import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, expectText, OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { SilentServer } from '../support/network/silent-server.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

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
  server = await startTestApp({ MONGODB_URI: uri.href });
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

afterEach(async () => {
  proxy.delayMs = 0;
  await proxy.open();
  // Whatever was sent, the process is there and serves.
  let answer = await tenant.get('/rooms');
  while (answer.status === 503) answer = await tenant.get('/rooms');
  expect(answer.status).toBe(200);
});

afterAll(async () => {
  await node.close();
  await server.close();
  await proxy.shut();
});

describe('no request and no message ends the process', () => {
  it('a room with data keys such as a.b and $k is a room', async () => {
    const data = { 'a.b': 1, $k: 2 };
    const answer = await tenant.post('/rooms', { name: 'x', options: { data } });
    expectJson(answer, { _id: OBJECT_ID, name: 'x', data });
  });

  it('a write that fails is answered 503', async () => {
    await proxy.shut();
    expectError(await tenant.post('/rooms', { name: 'x' }), 'DATABASE_UNAVAILABLE');
    expectError(await tenant.delete(`/rooms/${UNKNOWN_ID}`), 'DATABASE_UNAVAILABLE');
  });

  it('of two participants of one name, one is answered, once', async () => {
    const room = await tenant.createRoom();
    await tenant.token(room, 'ann', 'presenter');
    node.join(room, 'ann', 'presenter');
    node.join(room, 'ann', 'viewer');
    const { json } = await tenant.get(`/rooms/${room}/users/ann`);
    expect(json).toMatchObject({ name: 'ann', role: 'presenter' });
  });

  it('each call to a silent node is answered 503, however many wait', async () => {
    const silent = await SilentServer.start();
    const room = await tenant.createRoom();
    await tenant.token(room, 'ann', 'presenter');
    await node.client.patch(`/v1/nodes/${node.id}`, { controlUrl: silent.url });
    const answers = await Promise.all([
      tenant.get(`/rooms/${room}/users/ann`),
      tenant.get(`/rooms/${room}/users`),
      tenant.get(`/rooms/${room}/users`),
      tenant.delete(`/rooms/${room}/users/ann`),
    ]);
    for (const answer of answers) expectError(answer, 'ERIZO_CONTROLLER_UNAVAILABLE');
    await node.client.patch(`/v1/nodes/${node.id}`, { controlUrl: node.controlUrl });
    await silent.close();
    expectJson(await tenant.get(`/rooms/${room}/users`), []);
  });

  it('a token for a room that is gone is answered 404', async () => {
    const room = await tenant.createRoom();
    await tenant.delete(`/rooms/${room}`);
    expectError(await tenant.token(room, 'ann', 'presenter'), 'ROOM_NOT_FOUND');
  });

  it('with a slow database a first token is assigned and answered once', async () => {
    const room = await tenant.createRoom();
    proxy.delayMs = 350;
    const { status, text } = await tenant.token(room, 'ann', 'presenter');
    expect(status).toBe(200);
    proxy.delayMs = 0;
    const client = await MongoClient.connect(target);
    const tokens = await client.db().collection('tokens').find({ userName: 'ann' }).toArray();
    await client.close();
    const ofRoom = tokens.filter((token) => String(token['room']) === room);
    expect(ofRoom.map(({ _id }) => String(_id))).toEqual([decodeToken(text)?.tokenId]);
  });

  it('an unknown service is answered 404', async () => {
    for (const id of [UNKNOWN_ID, 'abc']) {
      expectError(await server.superservice.get(`/services/${id}`), 'SERVICE_NOT_FOUND');
      expectError(await server.superservice.delete(`/services/${id}`), 'SERVICE_NOT_FOUND');
    }
  });

  it('a service without a name is refused', async () => {
    expectError(await server.superservice.post('/services', {}), 'INVALID_SERVICE');
  });

  it('two services with the same _id are two services', async () => {
    const post = (): Promise<Answer> =>
      server.superservice.post('/services', {
        _id: UNKNOWN_ID,
        name: 'x',
        key: '0123456789abcdeffedcba9876543210',
      });
    const ids = [(await post()).json, (await post()).json];
    expect(new Set([...ids, UNKNOWN_ID]).size).toBe(3);
    for (const id of ids) {
      expectText(await server.superservice.delete(`/services/${String(id)}`), 'Service deleted');
    }
  });

  it('starts on a database that needs more than a second to answer', async () => {
    const slow = await TcpProxy.start(target);
    slow.delayMs = 600;
    const uri = new URL(slow.through(target));
    uri.searchParams.set('directConnection', 'true');
    const started = await startTestApp({ MONGODB_URI: uri.href });
    slow.delayMs = 0;
    expectJson(await tenant.at(started.url).get('/rooms?limit=1000&name=none'), []);
    await started.close();
    await slow.shut();
  });
});
