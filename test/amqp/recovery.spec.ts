import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { PrivateRabbitMq } from '../support/rabbitmq/rabbitmq.js';
import { BrokerProxy } from '../support/rabbitmq/rabbitmq.proxy.js';
import { issueToken, startAmqpApp } from './amqp-app.js';
import { closeCopies, Copy, nodeWithId, until } from './harness.js';

const ROOM = '6900000000000000000000a1';

let broker: PrivateRabbitMq;

beforeAll(async () => {
  broker = await PrivateRabbitMq.start();
}, 120_000);

afterEach(async () => {
  await FakeAmqpController.stopAll();
  await closeCopies();
});

afterAll(() => broker.remove());

/** A node that registers, beats and is called, all through one copy. */
async function expectWorking(copy: Copy): Promise<void> {
  const node = await FakeAmqpController.start({ url: broker.url() });
  await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).resolves.toEqual([]);
  expect(node.beats).toEqual(['ok']);
  await node.stop();
}

async function expectUnavailable(copy: Copy): Promise<void> {
  const call = copy.transport.deleteRoom(nodeWithId(ROOM), ROOM);
  await expect(call).rejects.toMatchObject({
    code: 'NODE_UNAVAILABLE',
    retryAfterSeconds: 1,
  });
}

async function expectRecovery(copy: Copy): Promise<void> {
  await until(() => copy.connection.isConnected);
  await expectWorking(copy);
}

describe('through a line that fails', () => {
  let proxy: BrokerProxy;
  let copy: Copy;

  beforeEach(async () => {
    proxy = await BrokerProxy.start(`${broker.url()}?heartbeat=1`);
    copy = await Copy.connect(proxy.url);
  });

  afterEach(() => proxy.close());

  it('is not deaf for ever after one reset of the connection', async () => {
    await expectWorking(copy);
    proxy.reset();
    await until(() => !copy.connection.isConnected);
    await expectUnavailable(copy);
    await expectRecovery(copy);
  });

  it('survives resets in a row, also in the middle of its set-up', async () => {
    for (let round = 0; round < 5; round++) {
      const before = proxy.connections;
      proxy.reset();
      await until(() => proxy.connections > before);
    }
    await expectRecovery(copy);
  }, 15_000);

  it('notices that the line is frozen, and is back when it is not', async () => {
    proxy.freeze();
    await until(() => !copy.connection.isConnected);
    await expectUnavailable(copy);
    proxy.thaw();
    await expectRecovery(copy);
  }, 15_000);

  it('gives up a connection that was lost while it was being made', async () => {
    proxy.freeze();
    const before = proxy.connections;
    const late = await Copy.start(proxy.url, copy.registry);
    await until(() => proxy.connections > before);
    proxy.thaw();
    await expectRecovery(late);
  }, 20_000);

  it('works over a slow line', async () => {
    proxy.delayMs = 100;
    await expectWorking(copy);
    proxy.reset();
    await until(() => !copy.connection.isConnected);
    await expectRecovery(copy);
  }, 15_000);

  it('shuts down in time while the line is frozen', async () => {
    proxy.freeze();
    await expect(copy.close()).resolves.toBeUndefined();
  }, 15_000);
});

describe('with a broker that is tampered with', () => {
  let copy: Copy;

  beforeEach(async () => {
    copy = await Copy.connect(broker.url());
  });

  it.each([
    ['its queue is deleted', 'deleteQueue', 'nuveQueue'],
    ['the exchange is deleted', 'deleteExchange', 'rpcExchange'],
  ] as const)('listens again after %s', async (_, method, name) => {
    const admin = await connect(broker.url());
    admin.on('error', () => undefined);
    const channel = await admin.createChannel();
    await channel[method](name);
    await until(() => !copy.connection.isConnected);
    await expectRecovery(copy);
    await admin.close();
  });
});

describe('with a broker that stops', () => {
  it('is back by itself after a broker that was stopped and started, also if it was absent at boot', async () => {
    const app = await startAmqpApp(broker.url());
    const node = await FakeAmqpController.start({ url: broker.url() });
    const tenant = await app.createService('tenant');
    const room = await tenant.createRoom();
    const before = await issueToken(tenant, room);
    await broker.down();
    const booted = await Copy.start(broker.url());
    await expectUnavailable(booted);
    await until(async () => (await tenant.get('/health/ready')).status === 503);
    const { json } = await tenant.get('/health/ready');
    expect(json).toMatchObject({
      error: { broker: { status: 'down' } },
      info: { database: { status: 'up' } },
    });
    const users = await tenant.get(`/rooms/${room}/users`);
    expect(users.status).toBe(503);
    expect(users.headers.get('retry-after')).toBe('1');
    await expect(tenant.get('/rooms')).resolves.toMatchObject({ status: 200 });
    const during = await issueToken(tenant, room);
    await broker.up();
    await until(() => booted.connection.isConnected);
    // Its registry knows nothing of the application's nodes.
    await booted.close();
    await until(async () => (await tenant.get('/health/ready')).status === 200);
    // Licode's ErizoControllers end with their connection and are started anew: the same node, the same id.
    const restarted = await FakeAmqpController.start({ url: broker.url() });
    expect(restarted.id).toBe(node.id);
    const after = await issueToken(tenant, room);
    const stranger = await FakeAmqpController.start({ url: broker.url(), ip: '10.0.0.9' });
    for (const { tokenId } of [before, during, after]) {
      await expect(restarted.call('deleteToken', tokenId)).resolves.toMatchObject({ _id: tokenId });
      await expect(stranger.call('deleteToken', tokenId)).resolves.toBe('error');
    }
    await stranger.stop();
    await app.close();
  }, 60_000);

  it('gives up no node while a broker that is short of memory holds up its heartbeats', async () => {
    const app = await startAmqpApp(broker.url(), { CONTROLLER_TIMEOUT_SECONDS: '2' });
    const node = await FakeAmqpController.start({ url: broker.url() });
    node.startBeating(200);
    const tenant = await app.createService('tenant');
    const room = await tenant.createRoom();
    const { host } = await issueToken(tenant, room);
    const lastSeen = async (): Promise<number> => {
      const { json } = await app.superservice.get(`/v1/nodes/${node.id}`);
      return Date.parse((json as { lastSeenAt: string }).lastSeenAt);
    };
    try {
      await broker.memoryAlarm(true);
      await until(async () => Date.now() - (await lastSeen()) > 6_000);
      expect((await issueToken(tenant, room)).host).toBe(host);
      const { json } = await tenant.get('/health/ready');
      expect(json).toMatchObject({
        error: { broker: { status: 'down', message: 'short of memory or disk' } },
        info: { erizoControllers: { evictionsHeld: true } },
      });
    } finally {
      await broker.memoryAlarm(false);
    }
    await until(async () => (await tenant.get('/health/ready')).status === 200);
    await until(async () => Date.now() - (await lastSeen()) < 2_000);
    expect((await issueToken(tenant, room)).host).toBe(host);
    await app.close();
  }, 90_000);

  it('answers 503 while the broker hangs, and is back when it goes on', async () => {
    const copy = await Copy.connect(`${broker.url()}?heartbeat=1`);
    broker.pause();
    try {
      copy.client.timeoutMs = 500;
      await expectUnavailable(copy);
      await until(() => !copy.connection.isConnected);
      await expectUnavailable(copy);
    } finally {
      broker.resume();
    }
    copy.client.timeoutMs = 3000;
    await expectRecovery(copy);
  }, 30_000);
});

describe('several instances', () => {
  it('share the calls of nodes, and any may end without one being lost', async () => {
    const first = await Copy.connect(broker.url());
    const second = await Copy.connect(broker.url(), first.registry);
    const node = await FakeAmqpController.start({ url: broker.url() });
    let held = 0;
    // The first copy takes calls and never comes to answer them.
    first.server.handle('deleteToken', () => {
      held += 1;
      return new Promise(() => undefined);
    });
    second.server.handle('deleteToken', async (id) => ({ data: { _id: id } }));
    const answers = Array.from({ length: 50 }, (_, index) => node.call('deleteToken', `t${index}`));
    await until(() => held > 0);
    await first.connection.onApplicationShutdown();
    await expect(Promise.all(answers)).resolves.toEqual(
      Array.from({ length: 50 }, (_, index) => ({ _id: `t${index}` })),
    );
    await node.stop();
  }, 15_000);

  it('keep a node alive for all when one of them takes the heartbeat', async () => {
    const first = await Copy.connect(broker.url());
    await Copy.connect(broker.url(), first.registry);
    const node = await FakeAmqpController.start({ url: broker.url() });
    for (let beat = 0; beat < 20; beat++) await node.beat();
    expect(new Set(node.beats)).toEqual(new Set(['ok']));
  });
});

describe('shutting down', () => {
  it('finishes the calls in hand, and takes no more', async () => {
    const copy = await Copy.connect(broker.url());
    const node = await FakeAmqpController.start({ url: broker.url() });
    let finish: (() => void) | undefined;
    copy.server.handle('deleteToken', async (id) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return { data: { _id: id } };
    });
    const answer = node.call('deleteToken', 'a');
    await until(() => finish !== undefined);
    let closed = false;
    const closing = copy.connection.beforeApplicationShutdown().then(() => (closed = true));
    // The queue goes with its last consumer.
    await until(async () => !(await queueExists('nuveQueue')));
    expect(closed).toBe(false);
    finish?.();
    await closing;
    await copy.connection.onApplicationShutdown();
    await expect(answer).resolves.toEqual({ _id: 'a' });
    await node.stop();
  });
});

async function queueExists(name: string): Promise<boolean> {
  const probe = await connect(broker.url());
  const channel = await probe.createChannel();
  channel.on('error', () => undefined);
  const exists = await channel.checkQueue(name).then(
    () => true,
    () => false,
  );
  await probe.close();
  return exists;
}
