import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AmqpConnection } from '../../src/amqp/amqp-connection.js';
import { until } from '../amqp/harness.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import { LifeFixture } from './life-support.js';

let broker: SharedBroker;
let life: LifeFixture;
let controller: FakeAmqpController;

beforeAll(async () => {
  broker = await acquireBroker();
  life = await LifeFixture.start({ AMQP_URL: broker.url });
  await until(() => life.server.app.get(AmqpConnection, { strict: false }).isConnected);
  controller = await FakeAmqpController.start({ url: broker.url });
  controller.startBeating();
}, 120_000);

afterAll(async () => {
  await FakeAmqpController.stopAll();
  await life.close();
  await broker.release();
});

const ANN = { name: 'ann', role: 'presenter', permissions: { publish: true } };

const callsOf = (method: string, id: string): number =>
  controller.calls.filter((call) => call.method === method && call.args.includes(id)).length;

describe("a room on Licode's ErizoController", () => {
  it('has its call ended when its time is over', async () => {
    const room = await life.create({ endsAt: life.time.in(60) });
    await life.place(room, controller.id);
    controller.rooms.set(room.id, [ANN]);
    await life.pass(60);
    expect((await life.read(room)).status).toBe('closed');
    expect(callsOf('deleteRoom', room.id)).toBe(1);
  });

  it('is closed when everybody has left, and not while the controller is silent', async () => {
    const room = await life.create({ departureTimeoutSeconds: 10 });
    await life.place(room, controller.id);
    controller.rooms.set(room.id, [ANN]);
    await life.admit(room);
    await life.pass(10);
    controller.rooms.delete(room.id);
    controller.silent = true;
    await life.pass(10);
    await life.pass(10);
    expect((await life.read(room)).status).toBe('active');
    controller.silent = false;
    await life.pass(10);
    await life.pass(10);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'departed' });
    expect(callsOf('deleteRoom', room.id)).toBe(1);
  });
});
