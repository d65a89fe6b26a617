import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient as NuvemClient } from '@nuvem/client';
import type { ApiClient, Credentials } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, expectText, UNKNOWN_ID } from '../support/shapes.js';
import { silence } from '../erizo-controllers/support.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PERMISSIONS = { publish: true, subscribe: true };
const ANN = { name: 'ann', role: 'presenter', permissions: PERMISSIONS };

let server: TestApp;
let tenant: ApiClient;
let other: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  server = await startTestApp();
  [tenant, other] = [await server.createService('tenant'), await server.createService('other')];
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  room = ((await tenant.post('/rooms', { name: 'r' })).json as { _id: string })._id;
});

afterAll(async () => {
  await node.close();
  await server.close();
});

const path = (user?: string): string => `/rooms/${room}/users${user ? `/${user}` : ''}`;

/** Gives the room to the node, as the first token does. */
async function place(): Promise<void> {
  expect((await tenant.token(room, 'ann', 'presenter')).status).toBe(200);
}

describe('GET /rooms/:room/users', () => {
  it('lists nobody before a node has the room, and then those whom the node tells', async () => {
    expectJson(await tenant.get(path()), []);
    await place();
    expectJson(await tenant.get(path()), []);
    node.join(room, 'ann');
    node.join(room, 'bob', 'viewer');
    expectJson(await tenant.get(path()), [
      ANN,
      { name: 'bob', role: 'viewer', permissions: PERMISSIONS },
    ]);
    expectJson(
      await tenant.get(`/rooms/${room.toUpperCase()}/users/`),
      (await tenant.get(path())).json,
    );
  });

  it("answers 404 for unknown rooms, and another tenant's", async () => {
    for (const id of [UNKNOWN_ID, 'abc']) {
      expectError(await tenant.get(`/rooms/${id}/users`), 'ROOM_NOT_FOUND');
    }
    expectError(await other.get(path()), 'ROOM_NOT_FOUND');
  });
});

describe('GET /rooms/:room/users/:user', () => {
  it('answers the first of that name', async () => {
    await place();
    node.join(room, 'bob');
    node.join(room, 'ann');
    node.join(room, 'ann', 'viewer');
    expectJson(await tenant.get(path('ann')), ANN);
  });

  it.each(['with space', 'a/b', 'ünï', '%', '$gt', '?x'])('finds %s', async (name) => {
    await place();
    node.join(room, name);
    expectJson(await tenant.get(path(encodeURIComponent(name))), {
      ...ANN,
      name,
    });
  });

  it('answers 404 for somebody else, or in a room without a node', async () => {
    expectError(await tenant.get(path('ann')), 'USER_NOT_FOUND');
    await place();
    node.join(room, 'ann');
    expectError(await tenant.get(path('Ann')), 'USER_NOT_FOUND');
    expectError(await tenant.get(path('an')), 'USER_NOT_FOUND');
    expectError(await other.get(path('ann')), 'ROOM_NOT_FOUND');
    expectError(await tenant.get(`/rooms/${UNKNOWN_ID}/users/ann`), 'ROOM_NOT_FOUND');
  });
});

describe('DELETE /rooms/:room/users/:user', () => {
  it('disconnects everyone of that name', async () => {
    await place();
    for (const name of ['ann', 'bob', 'ann']) node.join(room, name);
    expectText(await tenant.delete(path('ann')), 'Success');
    expect(node.calls.at(-1)).toBe(`DELETE /rooms/${room}/users/ann`);
    expectJson(await tenant.get(path()), [{ ...ANN, name: 'bob' }]);
  });

  it.each(['..', '%2e%2E', 'x/../..', '..?x'])(
    'never deletes the room for its participant %s, to which fetch resolves the path',
    async (name) => {
      await place();
      node.join(room, name);
      expectError(await tenant.delete(path(name)), 'INVALID_REQUEST');
      expect((await tenant.get(`/rooms/${room}`)).status).toBe(200);
      expect(node.rooms.get(room)).toHaveLength(1);

      const { superservice } = server;
      const headers = { 'nuvem-service': tenant.credentials?.serviceId ?? '' };
      const answer = await superservice.delete(`/v1/rooms/${room}/participants/${name}`, {
        headers,
      });
      expectError(answer, 'INVALID_REQUEST');
      expect((await tenant.get(`/rooms/${room}`)).status).toBe(200);
    },
  );

  it('never deletes a service or a room for the name of a part of it', async () => {
    const service = `/services/${tenant.credentials?.serviceId}`;
    const { superservice } = server;
    for (const prefix of ['', '/v1']) {
      expectError(await superservice.delete(`${prefix}${service}/`), 'INVALID_REQUEST');
    }
    expectError(await tenant.delete(`/v1/rooms/${room}/`), 'INVALID_REQUEST');
    expectError(await tenant.delete(`/v1/rooms/${room}/participants/..`), 'INVALID_REQUEST');
    expectError(await tenant.delete(`/rooms/${room}//?x=/`), 'INVALID_REQUEST');
    expectError(await tenant.as(null).delete(`/rooms/${room}/`), 'UNAUTHENTICATED');
    expectText(await tenant.delete(`/rooms/${room}?x=/`), 'Room deleted');
  });

  it.each(['.', '..'])('is not sent by the client for the participant %s', async (name) => {
    const client = new NuvemClient(server.url, tenant.credentials as Credentials);
    await expect(client.request('DELETE', path(name))).rejects.toThrow('No such path');
    expect((await tenant.get(`/rooms/${room}`)).status).toBe(200);
  });

  it('says what the node says of somebody who is not there', async () => {
    await place();
    expectText(await tenant.delete(path('nobody')), 'Success');
    node.kickOfNobody = 'User does not exist';
    expectError(await tenant.delete(path('nobody')), 'USER_NOT_FOUND');
    node.kickOfNobody = 'Success';
  });

  it('answers 404 where there is no node, no room, or not its own', async () => {
    expectError(await tenant.delete(path('ann')), 'USER_NOT_CONNECTED');
    await place();
    node.join(room, 'ann');
    const calls = node.calls.length;
    expectError(await other.delete(path('ann')), 'ROOM_NOT_FOUND');
    expectError(await tenant.delete(`/rooms/${UNKNOWN_ID}/users/ann`), 'ROOM_NOT_FOUND');
    expect(node.calls).toHaveLength(calls);
  });
});

describe('a room whose node', () => {
  it('is silent for longer than the time-out has nobody in it', async () => {
    const own = await startTestApp();
    const nodes = await own.createService('nodes', 'node');
    const silent = await FakeNode.start(nodes);
    const creator = await own.createService('tenant');
    room = ((await creator.post('/rooms', { name: 'r' })).json as { _id: string })._id;
    await creator.token(room, 'ann', 'presenter');
    silent.join(room, 'ann');
    expectJson(await creator.get(path('ann')), ANN);

    await silence(own.databaseUri, silent.id, 60);
    // Another that registers makes the application look anew.
    const registration = { ip: '192.0.2.9', hostname: '', port: 9001, secure: false };
    expect((await nodes.post('/v1/nodes', registration)).status).toBe(201);
    expectJson(await creator.get(path()), []);
    expectError(await creator.delete(path('ann')), 'USER_NOT_CONNECTED');
    await silent.close();
    await own.close();
  });

  it('does not answer is answered 503 with a time to try again', async () => {
    const dead = await FakeNode.start(node.client, { port: 8091 });
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: true });
    await place();
    await dead.close();
    for (const answer of [
      await tenant.get(path()),
      await tenant.get(path('ann')),
      await tenant.delete(path('ann')),
    ]) {
      expectError(answer, 'ERIZO_CONTROLLER_UNAVAILABLE');
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: false });
  });
});
