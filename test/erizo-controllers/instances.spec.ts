import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { PendingRoomClosuresService } from '../../src/erizo-controllers/calls/pending-room-closures.service.js';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { nodeBody, register, silence, withDatabase } from './support.js';

let instances: TestApp[];
let first: TestApp;
let node: ApiClient;

beforeAll(async () => {
  const strategy = { ASSIGNMENT_STRATEGY: 'least-loaded' };
  first = await startTestApp(strategy);
  const settings = { ...strategy, MONGODB_URI: first.databaseUri };
  instances = [first, ...(await Promise.all([startTestApp(settings), startTestApp(settings)]))];
  node = await first.createService('nodes', 'node');
});

afterAll(() => Promise.all(instances.map((instance) => instance.close())));

function registryOf(instance: TestApp): ErizoControllersService {
  return instance.app.get(ErizoControllersService, { strict: false });
}

describe('three instances on one database', () => {
  it('give a node one id however often it registers at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        node.at(instances[n % 3]?.url ?? '').post('/v1/nodes', nodeBody()),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(201));
    expect(new Set(answers.map(({ json }) => (json as { id: string }).id)).size).toBe(1);
    expect((await node.get('/v1/nodes')).json).toMatchObject({ items: [{}], next: null });
  });

  it('let one of two services have a host and port that both want', async () => {
    const rival = await first.createService('rivals', 'node');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        (n % 2 ? node : rival)
          .at(instances[n % 3]?.url ?? '')
          .post('/v1/nodes', nodeBody({ hostname: 'contested.test' })),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(15);
    expect(statuses.filter((status) => status === 409)).toHaveLength(15);
  });

  it('keep a node alive whose heartbeats come to any of them', async () => {
    const id = new mongo.ObjectId(await register(node, { hostname: 'beating.test' }));
    await silence(first.databaseUri, id.toHexString(), 11);
    const heartbeat = await node
      .at(instances[1]?.url ?? '')
      .put(`/v1/nodes/${id.toHexString()}/heartbeat`, {});
    expect(heartbeat.status).toBe(204);
    expect(await registryOf(instances[2] as TestApp).findAlive(id)).toMatchObject({ _id: id });
  });

  it('take notice of a node that registers with another while they wait', async () => {
    const candidates = await registryOf(first).candidates();
    const excluding = candidates.map(({ _id }) => _id);
    const waiting = instances.map((instance) =>
      registryOf(instance).waitForCandidate(5_000, { excluding }),
    );
    await register(node, { hostname: 'awaited.test' });
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
  });

  it('share out a burst of rooms evenly, however it reaches them', async () => {
    for (const { _id } of await registryOf(first).findAll()) await registryOf(first).remove(_id);
    const hosts = ['a', 'b', 'c', 'd'].map((name) => `burst-${name}.test:8080`);
    for (const host of hosts) await register(node, { hostname: host.split(':')[0] });
    // Each instance's own look, so that none works with nodes of the test before.
    for (const instance of instances) await registryOf(instance).remove(new mongo.ObjectId());
    const tenant = await first.createService('tenant');
    const counts = new Map(hosts.map((host) => [host, 0]));
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const { json } = await tenant.post('/rooms', { name: `room ${n}` });
        const { _id: room } = json as { _id: string };
        const { text } = await tenant
          .at(instances[n % 3]?.url ?? '')
          .token(room, 'ann', 'presenter');
        const { host } = JSON.parse(Buffer.from(text, 'base64').toString()) as { host: string };
        counts.set(host, (counts.get(host) ?? 0) + 1);
      }),
    );
    expect([...counts]).toEqual(hosts.map((host) => [host, 15]));
  });
});

describe('a room that is deleted while its node cannot be reached', () => {
  const endsOf = (instance: TestApp): PendingRoomClosuresService =>
    instance.app.get(PendingRoomClosuresService, { strict: false });

  // The test sweeps itself, instead of waiting for the timer of any instance.
  beforeAll(() => Promise.all(instances.map((instance) => endsOf(instance).onModuleDestroy())));

  it('ends on the node when that is back, once', async () => {
    const tenant = await first.createService('tenant');
    const fake = await FakeNode.start(node, { hostname: 'lost.test' });
    try {
      const others = (await registryOf(first).findAll()).filter(
        ({ hostname }) => hostname !== 'lost.test',
      );
      for (const { _id } of others) await registryOf(first).update(_id, { draining: true });
      const { json } = await tenant.post('/rooms', { name: 'room' });
      const { _id: room } = json as { _id: string };
      expect((await tenant.token(room, 'ann', 'presenter')).status).toBe(200);
      await silence(first.databaseUri, fake.id, 600);
      await registryOf(first).setState(new mongo.ObjectId(fake.id), 2);
      expect((await tenant.delete(`/rooms/${room}`)).status).toBe(200);
      const ends = (): Promise<number> =>
        withDatabase(first.databaseUri, (db) => db.collection('roomEnds').countDocuments());
      expect([fake.calls, await ends()]).toEqual([[], 1]);
      await fake.beat();
      for (const instance of instances)
        await registryOf(instance).setState(new mongo.ObjectId(fake.id), 2);
      await Promise.all(instances.map((instance) => endsOf(instance).sweep()));
      expect([fake.calls, await ends()]).toEqual([[`DELETE /rooms/${room}`], 0]);
    } finally {
      await fake.close();
    }
  });
});
