import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

jest.setTimeout(60_000);

let target: string;
let proxy: TcpProxy;
let server: TestApp;
let tenant: ApiClient;
let nodeClient: ApiClient;

beforeAll(async () => {
  target = freshDatabaseUri();
  proxy = await TcpProxy.start(target);
  const uri = new URL(proxy.through(target));
  uri.searchParams.set('directConnection', 'true');
  server = await startTestApp({ MONGODB_URI: uri.href, CONTROLLER_WAIT_SECONDS: '60' });
  tenant = await server.createService('tenant');
  nodeClient = await server.createService('nodes', 'node');
});

afterAll(async () => {
  await server.close();
  await proxy.shut();
});

// 1. is about RabbitMQ alone: test/amqp.
describe('no node is lost, and no request hangs', () => {
  it('a request that waits for a node sees the one that joins', async () => {
    const room = await tenant.createRoom();
    const waiting = tenant.token(room, 'ann', 'presenter');
    const node = await FakeNode.start(nodeClient);
    expect((await waiting).status).toBe(200);
    await node.close();
  });

  it('a node whose heartbeats were held up comes back with its id', async () => {
    const node = await FakeNode.start(nodeClient);
    const clock = new TestClock(server.app);
    clock.advance(12_500);
    expect((await node.beat()).status).toBe(204);
    const { json } = await nodeClient.get(`/v1/nodes/${node.id}`);
    expect(json).toMatchObject({ id: node.id, alive: true });
    clock.reset();
    await node.beat();
    await node.close();
  });

  it('a database that is away is answered 503, not "unknown node" or 401', async () => {
    const node = await FakeNode.start(nodeClient);
    const clock = new TestClock(server.app);
    await proxy.shut();
    expectProblem(await node.beat(), 'DATABASE_UNAVAILABLE');
    // By now the key is forgotten as well.
    clock.advance(2_000);
    expectProblem(await node.beat(), 'DATABASE_UNAVAILABLE');
    await proxy.open();
    let answer = await node.beat();
    while (answer.status === 503) answer = await node.beat();
    expect(answer.status).toBe(204);
    clock.reset();
    await node.close();
  });

  it('expired tokens are swept by an index, and a join looks at its own alone', async () => {
    const client = await MongoClient.connect(target);
    const tokens = client.db().collection('tokens');
    const indexes = await tokens.indexes();
    expect(
      indexes.map(({ key, expireAfterSeconds }) => ({ key, expireAfterSeconds })),
    ).toContainEqual({ key: { expiresAt: 1 }, expireAfterSeconds: 0 });
    const node = await FakeNode.start(nodeClient);
    const room = await tenant.createRoom();
    const token = (await tenant.token(room, 'ann', 'presenter')).text;
    // Long expired: the sweep of a scan on each join would take it along.
    await tokens.insertOne({ expired: true });
    expect((await nodeClient.post('/v1/tokens/redeem', { token })).status).toBe(200);
    expect(await tokens.countDocuments({ expired: true })).toBe(1);
    await client.close();
    await node.close();
  });
});
