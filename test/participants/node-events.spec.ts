import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import type { ErizoController } from '../../src/erizo-controllers/erizo-controller.js';
import { ErizoControllersRepository } from '../../src/erizo-controllers/erizo-controllers.repository.js';
import { until } from '../amqp/harness.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { eventsOf, startWorld, type World } from './support.js';

let world: World;
let second: TestApp;
let node: FakeNode;

beforeAll(async () => {
  world = await startWorld({ CONTROLLER_TIMEOUT_SECONDS: '5' });
  second = await startTestApp({
    CONTROLLER_TIMEOUT_SECONDS: '5',
    MONGODB_URI: world.server.databaseUri,
  });
  node = await FakeNode.start(await world.server.createService('nodes', 'node'), {
    region: 'eu-west',
  });
});

afterAll(async () => {
  await node.close();
  await second.close();
  await world.close();
});

const told = async (): Promise<unknown[]> =>
  (await eventsOf(world, 'node.')).map(({ type, data }) => {
    const { draining } = data;
    expect(data['node']).toEqual({ id: node.id, host: '192.0.2.2:8080', region: 'eu-west' });
    return draining === undefined ? type : `${type} ${JSON.stringify(draining)}`;
  });
const patch = (body: object) => node.client.patch(`/v1/nodes/${node.id}`, body);

it('what becomes of a node is told once, by whichever of two instances', async () => {
  expect(await told()).toEqual(['node.registered']);
  await patch({ draining: true });
  await patch({ draining: true, labels: { zone: 'a' } });
  await patch({ draining: false });
  await patch({ state: 1 });
  const before = ['node.registered', 'node.draining true', 'node.draining false'];
  expect(await told()).toEqual(before);

  // It has sent its last heartbeat.
  await until(async () => (await told()).length > 3);
  await node.beat();
  await until(async () => (await told()).length > 4);
  const after = [...before, 'node.lost', 'node.recovered'];
  expect(await told()).toEqual(after);

  await node.register();
  node.keepBeating();
  expect(await told()).toEqual([...after, 'node.registered']);
}, 60_000);

it('events that nobody fetches are not piled up without end', async () => {
  const host = { hostname: 'busy.test' };
  const busy = await FakeNode.start(node.client, host);
  const outbox = Array.from({ length: 100 }, (_, n) => ({ n, at: new Date(8.64e15) }));
  // Nobody fetches what is no event.
  const filter = { hostname: 'busy.test' };
  await world.db.collection('erizoControllers').updateOne(filter, { $set: { outbox } });
  await expect(busy.register()).rejects.toThrow('EVENT_BACKLOG');
  await busy.close();
}, 30_000);

it('of two instances that give a node up, or find it again, one tells', async () => {
  const gone = await FakeNode.start(node.client, { hostname: 'gone.test' });
  const [registries, _id] = [
    [world.server, second].map(({ app }) => app.get(ErizoControllersRepository, { strict: false })),
    new Types.ObjectId(gone.id),
  ];
  const read = await registries[0]?.find(_id);
  const both = (tell: (registry: ErizoControllersRepository) => Promise<boolean>) =>
    Promise.all(registries.map(tell));
  const lost = await both((registry) => registry.giveUp(read as ErizoController, []));
  expect(lost.filter(Boolean)).toHaveLength(1);
  await gone.beat();
  const back = await registries[0]?.find(_id);
  const found = await both((registry) => registry.recover(back as ErizoController, []));
  expect(found.filter(Boolean).length).toBeLessThanOrEqual(1);
  await gone.close();
}, 30_000);
