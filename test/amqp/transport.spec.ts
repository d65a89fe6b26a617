import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { Types } from 'mongoose';
import { ApiException } from '../../src/common/errors/api.exception.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { BrokerProxy } from '../support/rabbitmq/rabbitmq.proxy.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import { Copy, nodeWithId, until } from './harness.js';

const ROOM = '6900000000000000000000a1';
const ANN = { name: 'ann', role: 'presenter', permissions: { publish: true, subscribe: true } };

let broker: SharedBroker;

beforeAll(async () => {
  broker = await acquireBroker();
}, 120_000);

afterAll(() => broker.release());

describe('calls to a node', () => {
  let copy: Copy;
  let node: FakeAmqpController;

  beforeEach(async () => {
    copy = await Copy.connect(broker.url);
    node = await FakeAmqpController.start({ url: broker.url });
    node.rooms.set(ROOM, [ANN]);
  });

  afterEach(async () => {
    await node.stop();
    await copy.close();
  });

  it('lists the users of a room, and nobody for one that the node does not hold', async () => {
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).resolves.toEqual([ANN]);
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), 'other')).resolves.toEqual([]);
  });

  it('gives a user whose role Licode does not know no permissions', async () => {
    node.answerData = [{ name: 'bob', role: 'whatever' }];
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).resolves.toEqual([
      { name: 'bob', role: 'whatever', permissions: {} },
    ]);
  });

  it('kicks a user, and says when there is none of that name', async () => {
    const controller = nodeWithId(node.id);
    await expect(copy.transport.deleteUser(controller, ROOM, 'ann')).resolves.toBe(true);
    await expect(copy.transport.deleteUser(controller, ROOM, 'ann')).resolves.toBe(false);
    expect(node.calls).toContainEqual({
      method: 'deleteUser',
      args: [{ user: 'ann', roomId: ROOM }],
    });
  });

  it('ends a room', async () => {
    await copy.transport.deleteRoom(nodeWithId(node.id), ROOM);
    expect(node.calls).toEqual([{ method: 'deleteRoom', args: [ROOM] }]);
  });

  it('fails at once, and not after 3 s, when the queue of the node is gone', async () => {
    const gone = nodeWithId(new Types.ObjectId().toHexString());
    await expect(copy.transport.getUsersInRoom(gone, ROOM)).rejects.toThrow(ApiException);
    expect(copy.client.counts).toMatchObject({ returned: 1, timedOut: 0 });
  });

  it('answers 503 with Retry-After for a silent node, once, and drops its late answer', async () => {
    copy.client.timeoutMs = 300;
    node.silent = true;
    const silent = copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM);
    await expect(silent).rejects.toMatchObject({
      code: 'NODE_UNAVAILABLE',
      retryAfterSeconds: 1,
    });
    node.silent = false;
    node.answerDelayMs = 400;
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).rejects.toThrow(
      ApiException,
    );
    await until(() => copy.client.counts.late === 1);
    expect(copy.client.counts).toMatchObject({ timedOut: 2, answered: 0 });
  });

  it('forgets the right call when two to a silent node time out one after the other', async () => {
    copy.client.timeoutMs = 1000;
    node.silent = true;
    const controller = nodeWithId(node.id);
    const first = copy.transport.getUsersInRoom(controller, ROOM).catch((error: unknown) => error);
    await node.waitForCall('getUsersInRoom');
    node.silent = false;
    // Answered after the first has timed out and before the second does.
    copy.client.timeoutMs = 3000;
    node.answerDelayMs = 1500;
    const second = copy.transport.getUsersInRoom(controller, ROOM);
    await expect(first).resolves.toBeInstanceOf(ApiException);
    await expect(second).resolves.toEqual([ANN]);
  });

  it('counts a second answer to the same call and drops it', async () => {
    node.answersPerCall = 2;
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).resolves.toEqual([ANN]);
    await until(() => copy.client.counts.double === 1);
    expect(copy.client.counts.answered).toBe(1);
  });

  it.each([null, 'error', 'timeout', 7, {}, [null, 5, { name: 1 }]])(
    'survives the answer %j',
    async (answer) => {
      node.answerData = answer;
      const controller = nodeWithId(node.id);
      const outcome = await copy.transport
        .getUsersInRoom(controller, ROOM)
        .catch((error: unknown) => (error as ApiException).code);
      expect(outcome).toEqual(Array.isArray(answer) ? [] : 'NODE_UNAVAILABLE');
    },
  );

  it('gives each of 200 calls at once its own answer', async () => {
    const rooms = Array.from({ length: 200 }, (_, index) => `room-${index}`);
    for (const room of rooms) node.rooms.set(room, [{ ...ANN, name: room }]);
    const controller = nodeWithId(node.id);
    const lists = await Promise.all(
      rooms.map((room) => copy.transport.getUsersInRoom(controller, room)),
    );
    expect(lists.map((users) => users[0]?.name)).toEqual(rooms);
  });
});

describe('on the wire', () => {
  let probe: ChannelModel;
  let channel: Channel;

  beforeEach(async () => {
    probe = await connect(broker.url);
    probe.on('error', () => undefined);
    channel = await probe.createChannel();
    channel.on('error', () => undefined);
  });

  afterEach(() => probe.close());

  it('declares exchange and queue with the very flags of Licode', async () => {
    const copy = await Copy.connect(broker.url);
    const flags = { durable: false, autoDelete: true, exclusive: false };
    // The broker answers 406 to a declaration that differs from what is there.
    await channel.assertExchange('rpcExchange', 'direct', { durable: false, autoDelete: true });
    const { consumerCount } = await channel.assertQueue('nuveQueue', flags);
    expect(consumerCount).toBe(1);
    await copy.close();
    await expect(channel.checkQueue('nuveQueue')).rejects.toThrow('NOT_FOUND');
  });

  it('sends calls and answers with content type, body and numbers as Licode reads them', async () => {
    const copy = await Copy.connect(broker.url);
    const id = new Types.ObjectId().toHexString();
    const queue = `erizoController_${id}`;
    await channel.assertQueue(queue, { durable: false, autoDelete: true, exclusive: false });
    await channel.bindQueue(queue, 'rpcExchange', queue);
    const seen = new Promise<{ contentType: unknown; body: Record<string, unknown> }>((resolve) => {
      void channel.consume(
        queue,
        (message) => {
          if (!message) return;
          const body = JSON.parse(message.content.toString()) as Record<string, unknown>;
          resolve({ contentType: message.properties.contentType, body });
          channel.publish(
            'rpcExchange',
            body['replyTo'] as string,
            Buffer.from(JSON.stringify({ data: [], corrID: body['corrID'], type: 'callback' })),
          );
        },
        { noAck: true },
      );
    });
    await copy.transport.getUsersInRoom(nodeWithId(id), ROOM);
    const { contentType, body } = await seen;
    expect(contentType).toBe('application/json');
    expect(body).toEqual({
      method: 'getUsersInRoom',
      args: [ROOM],
      corrID: expect.any(Number),
      replyTo: expect.stringMatching(/^amq\.gen-/),
    });
    await copy.close();
  });

  it('falls back to durable queues where transient ones are refused, as by RabbitMQ 4.3', async () => {
    const proxy = await BrokerProxy.start(broker.url);
    proxy.refuseTransientQueues = true;
    const copy = await Copy.connect(proxy.url);
    await channel.assertQueue('nuveQueue', { durable: true, autoDelete: true, exclusive: false });
    const node = await FakeAmqpController.start({ url: broker.url });
    await expect(copy.transport.getUsersInRoom(nodeWithId(node.id), ROOM)).resolves.toEqual([]);
    await node.stop();
    await copy.close();
    await proxy.close();
  }, 15_000);

  it('declares as another instance did that came first', async () => {
    await channel.assertExchange('rpcExchange', 'direct', { durable: false, autoDelete: true });
    await channel.assertQueue('nuveQueue', { durable: true, autoDelete: true, exclusive: false });
    await channel.consume('nuveQueue', () => undefined, { noAck: true });
    const copy = await Copy.connect(broker.url);
    expect((await channel.checkQueue('nuveQueue')).consumerCount).toBe(2);
    await copy.close();
  });

  it('starts nothing without a broker URL', async () => {
    const copy = await Copy.start(undefined);
    expect(copy.connection.isConfigured).toBe(false);
    expect(copy.connection.isConnected).toBe(false);
    await expect(copy.transport.deleteRoom(nodeWithId(ROOM), ROOM)).rejects.toThrow(ApiException);
    await copy.close();
  });
});
