import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import { startAmqpApp } from '../amqp/amqp-app.js';
import { until } from '../amqp/harness.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import type { TestApp } from '../support/test-app.js';
import type { TestClock } from '../support/test-clock.js';
import {
  admit,
  createRoom,
  eventsOf,
  movedClock,
  place,
  sessionsOf,
  stateOf,
  type World,
} from './support.js';

jest.setTimeout(90_000);

/** Nobody sends a heartbeat here. */
const settings = { CONTROLLER_TIMEOUT_SECONDS: '600' };

let broker: SharedBroker;
let world: World;
let second: TestApp;
let clocks: TestClock[];
let tenant: ApiClient;
let controller: FakeAmqpController;
let room: string;

beforeAll(async () => {
  broker = await acquireBroker();
  const server = await startAmqpApp(broker.url, settings);
  second = await startAmqpApp(broker.url, { ...settings, MONGODB_URI: server.databaseUri });
  clocks = [movedClock(server), movedClock(second)];
  const client = await MongoClient.connect(server.databaseUri);
  world = { server, db: client.db(), close: () => client.close() };
  tenant = await server.createTenant('tenant');
  controller = await FakeAmqpController.start({ url: broker.url });
  controller.now = () => clocks[0]?.now() ?? 0;
});

beforeEach(async () => {
  room = await createRoom(tenant);
  await place(tenant, room);
});

afterAll(async () => {
  await FakeAmqpController.stopAll();
  await world.close();
  await second.close();
  await world.server.close();
  await broker.release();
});

const advance = (ms: number): void => clocks.forEach((clock) => clock.advance(ms));
const isState = async (...expected: string[]): Promise<boolean> =>
  JSON.stringify(await stateOf(tenant, room)) === JSON.stringify(expected);
const removed = async (): Promise<number> =>
  (await eventsOf(world, 'participant.removed')).filter(({ data }) => data['roomId'] === room)
    .length;

describe("Licode's topic exchange", () => {
  it('tells who comes and goes, once for two instances', async () => {
    await admit(world, tenant, { room, userName: 'ann', userId: 'a-1' });
    const ann = await controller.join(room, 'ann');
    await controller.join(room, 'ann');
    await until(() => isState('ann in', 'ann in'));
    await controller.leave(room, ann);
    await until(() => isState('ann in', 'ann left'));
    const sessions = await sessionsOf(tenant, room);
    expect(sessions.map(({ source, userId }) => [source, userId])).toEqual(
      expect.arrayContaining([
        ['reported', 'a-1'],
        ['reported', undefined],
      ]),
    );
    const events = (await eventsOf(world, 'participant.')).filter(
      ({ data }) => (data['participant'] as { roomId: string }).roomId === room,
    );
    expect(events.map(({ type }) => type)).toEqual([
      'participant.joined',
      'participant.joined',
      'participant.left',
    ]);
  });

  it('may carry anything else', async () => {
    for (const message of [
      { room, user: 'c', type: 'user_connection' },
      { room, user: 'c', name: 'eve', type: 'publish' },
      { room: 'x', user: 'c', name: 'eve', type: 'user_connection' },
      { room, user: {}, name: 'eve', type: 'user_connection' },
      { room, user: 'nobody', type: 'user_disconnection', timestamp: 1e300 },
    ]) {
      await controller.broadcast(message);
    }
    await controller.join(room, 'bob');
    await until(() => isState('bob in'));
    expect(await sessionsOf(tenant, room)).toHaveLength(1);
  });

  it('may be there with other flags: then it is used as it is, and calls go on', async () => {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.deleteExchange('broadcastExchange');
    await channel.assertExchange('broadcastExchange', 'topic', { durable: true, autoDelete: true });
    const third = await startAmqpApp(broker.url, {
      ...settings,
      MONGODB_URI: world.server.databaseUri,
    });
    // The queue is bound again by whoever listens next.
    const publish = (): boolean =>
      channel.publish(
        'broadcastExchange',
        'event',
        Buffer.from(
          JSON.stringify({
            message: {
              room,
              user: 'c9',
              name: 'dan',
              type: 'user_connection',
              timestamp: Date.now(),
            },
          }),
        ),
      );
    await until(async () => {
      publish();
      return isState('dan in');
    });
    expect((await tenant.get(`/v1/rooms/${room}/participants`)).status).toBe(200);
    await third.close();
    await channel.deleteExchange('broadcastExchange');
    await connection.close();
  });
});

describe('a kick from a controller that keeps whom it kicks', () => {
  it('is made again until they are gone, who have come back without a token', async () => {
    const clientId = `kept-${room}`;
    controller.keepsKicked = true;
    clocks.forEach((clock) => clock.hold());
    controller.rooms.set(room, [{ name: 'ann', role: 'presenter', permissions: {}, clientId }]);
    expect((await tenant.delete(`/v1/rooms/${room}/participants/ann`)).status).toBe(204);
    const kicks = (): number =>
      controller.calls.filter(
        ({ method, args: [argument] }) =>
          method === 'deleteUser' && (argument as { roomId: string }).roomId === room,
      ).length;
    expect(controller.comeBack(room, clientId)).toBe(true);
    let before = 0;
    for (const [index, seconds] of [1, 5, 15].entries()) {
      advance((seconds - before) * 1_000);
      before = seconds;
      await until(() => kicks() === index + 2);
    }
    expect(await removed()).toBe(0);
    // Kept since the first second, when they were kicked again.
    advance(16_000);
    await until(async () => (await removed()) === 1);
    expect(controller.comeBack(room, clientId)).toBe(false);
    expect(kicks()).toBe(4);
  });
});
