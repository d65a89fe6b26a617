import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, expectText } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

let copies: TestApp[];
let server: TestApp;
let tenant: ApiClient;
let nodeClient: ApiClient;
let nodes: FakeNode[];

beforeAll(async () => {
  server = await startTestApp();
  copies = [server];
  for (let copy = 1; copy < 3; copy++) {
    copies.push(await startTestApp({ MONGODB_URI: server.databaseUri }));
  }
  tenant = await server.createService('tenant');
  nodeClient = await server.createService('nodes', 'node');
  nodes = [];
  for (const port of [8081, 8082]) nodes.push(await FakeNode.start(nodeClient, { port }));
  for (const node of nodes) node.keepBeating();
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await Promise.all(copies.map((copy) => copy.close()));
});

const on = (index: number): ApiClient => tenant.at(copies[index % copies.length]?.url ?? '');

async function hostOf(room: string, client = tenant): Promise<string | undefined> {
  return decodeToken((await client.token(room, 'ann', 'presenter')).text)?.host;
}

const REGISTRATION = { ip: '192.0.2.3', hostname: '', port: 8090, secure: false };

describe('no data is lost or wrong', () => {
  it('creates beside deletes are all there, and what was deleted is gone', async () => {
    const doomed = await Promise.all(Array.from({ length: 60 }, () => tenant.createRoom()));
    const [created] = await Promise.all([
      Promise.all(Array.from({ length: 60 }, (_, index) => on(index).createRoom())),
      Promise.all(doomed.map((room, index) => on(index).delete(`/rooms/${room}`))),
    ]);
    const left = ((await tenant.get('/rooms')).json as { _id: string }[]).map(({ _id }) => _id);
    expect(left.sort()).toEqual(created.sort());
  });

  it('PUT and PATCH leave a room on its node, with its participants', async () => {
    const room = await tenant.createRoom();
    const host = await hostOf(room);
    const node = nodes.find(({ registration }) =>
      host?.endsWith(`:${String(registration['port'])}`),
    );
    node?.join(room, 'ann');
    await tenant.put(`/rooms/${room}`, { name: 'new' });
    await tenant.patch(`/rooms/${room}`, { options: { data: { a: 1 } } });
    expect((await tenant.get(`/rooms/${room}/users`)).json).toMatchObject([{ name: 'ann' }]);
    expect(await hostOf(room)).toBe(host);
  });

  it('concurrent first tokens of a room are for one node', async () => {
    for (let round = 0; round < 10; round++) {
      const room = await tenant.createRoom();
      const hosts = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => hostOf(room, on(index))));
      expect(new Set(hosts).size).toBe(1);
    }
  });

  it('concurrent getOrCreate of one name makes one room', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        on(index).post('/rooms', { name: 'one', options: { getOrCreate: true } }),
      ),
    );
    expect(new Set(answers.map(({ json }) => (json as { _id: string })._id)).size).toBe(1);
  });

  it('a tenant may have more than 16 MB of rooms, none of them in its own document', async () => {
    const big = await server.createService('big');
    const service = new ObjectId(big.credentials?.serviceId);
    const data = { filler: 'x'.repeat(60_000) };
    const rooms = Array.from({ length: 300 }, () => ({
      _id: new ObjectId(),
      name: 'r',
      data,
      service,
      createdAt: new Date(),
    }));
    const client = await MongoClient.connect(server.databaseUri);
    for (let at = 0; at < rooms.length; at += 50) {
      await client
        .db()
        .collection('rooms')
        .insertMany(rooms.slice(at, at + 50));
    }
    const room = await big.createRoom({ data });
    expect((await big.get(`/rooms/${room}`)).json).toMatchObject({ data });
    const stored = await client.db().collection('services').findOne({ _id: service });
    await client.close();
    expect(Object.keys(stored ?? {})).toEqual(['_id', 'name', 'role', 'sealedKey', 'createdAt']);
  });

  it('a node that tries its registration again is one node', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        nodeClient
          .at(copies[index % 3]?.url ?? '')
          .post('/v1/nodes', { ...REGISTRATION, port: 8095 }),
      ),
    );
    const ids = new Set(answers.map(({ json }) => (json as { id: string }).id));
    expect(ids.size).toBe(1);
    await nodeClient.delete(`/v1/nodes/${[...ids][0]}`);
  });

  it('full nodes are passed over, and the first is not always chosen', async () => {
    const hosts = new Set<string | undefined>();
    for (let room = 0; room < 10; room++) hosts.add(await hostOf(await tenant.createRoom()));
    expect(hosts.size).toBe(2);
    const [full, free] = nodes as [FakeNode, FakeNode];
    await full.client.patch(`/v1/nodes/${full.id}`, { state: 0 });
    for (let room = 0; room < 10; room++) {
      expect(await hostOf(await tenant.createRoom())).toBe(
        `192.0.2.2:${String(free.registration['port'])}`,
      );
    }
    await full.client.patch(`/v1/nodes/${full.id}`, { state: 2 });
  });

  it('instances that get none of its heartbeats know a node to be alive by when it was heard', async () => {
    for (const copy of copies) {
      const { json } = await copy.superservice.get('/v1/nodes');
      expect(json).toMatchObject({ items: nodes.map(({ id }) => ({ id, alive: true })) });
    }
  });

  it('p2p is switched off and data cleared', async () => {
    const room = await tenant.createRoom({ p2p: true, data: { a: 1 } });
    await tenant.patch(`/rooms/${room}`, { options: { p2p: false, data: null } });
    expectJson(await tenant.get(`/rooms/${room}`), { _id: room, name: 'room' });
  });

  it('what is deleted takes its rooms, tokens and live calls along', async () => {
    const doomed = await server.createService('doomed');
    const rooms = [await tenant.createRoom(), await doomed.createRoom()];
    const tokens = [
      (await tenant.token(rooms[0] ?? '', 'ann', 'presenter')).text,
      (await doomed.token(rooms[1] ?? '', 'ann', 'presenter')).text,
    ];
    expectText(await tenant.delete(`/rooms/${rooms[0]}`), 'Room deleted');
    const path = `/services/${doomed.credentials?.serviceId}`;
    expectText(await server.superservice.delete(path), 'Service deleted');
    const calls = nodes.flatMap((node) => node.calls);
    for (const room of rooms) expect(calls).toContain(`DELETE /rooms/${room}`);
    for (const token of tokens) {
      expectError(await nodeClient.post('/v1/tokens/redeem', { token }), 'ROOM_NOT_FOUND');
    }
  });
});
