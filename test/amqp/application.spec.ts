import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { register, silence } from '../erizo-controllers/support.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import type { TestApp } from '../support/test-app.js';
import { issueToken, startAmqpApp } from './amqp-app.js';
import { until } from './harness.js';

const ANN = { name: 'ann', role: 'presenter', permissions: { publish: true } };
const TEST_ROOM_USES = 490;

let broker: SharedBroker;
let app: TestApp;
let tenant: ApiClient;

beforeAll(async () => {
  broker = await acquireBroker();
}, 120_000);

afterAll(() => broker.release());

async function start(settings?: Record<string, string>): Promise<void> {
  app = await startAmqpApp(broker.url, settings);
  tenant = await app.createService('tenant');
}

function node(port = 8080): Promise<FakeAmqpController> {
  return FakeAmqpController.start({ url: broker.url, port });
}

afterEach(async () => {
  await FakeAmqpController.stopAll();
  await app.close();
});

describe('a node on RabbitMQ', () => {
  beforeEach(() => start());

  it('gets rooms and redeems their tokens, which no other does then', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    // A field that Licode's nodes know nothing of stays out of their answer.
    await tenant.patch(`/rooms/${room}`, { options: { maxParticipants: 5 } });
    const { tokenId, host } = await issueToken(tenant, room);
    expect(host).toBe('10.0.0.1:8080');
    const redeemed = await controller.call('deleteToken', tokenId);
    expect(redeemed).toEqual({
      _id: tokenId,
      userName: 'ann',
      room: expect.any(String),
      role: 'presenter',
      service: tenant.credentials?.serviceId,
      creationDate: expect.any(String),
      mediaConfiguration: 'default',
      host,
      secure: false,
    });
    const other = await node(8081);
    await expect(other.call('deleteToken', tokenId)).resolves.toBe('error');
    // Its own answer may have been lost.
    await expect(controller.call('deleteToken', tokenId)).resolves.toEqual(redeemed);
  });

  it('does not take the place of a REST node that lives, and does so when that is dead', async () => {
    const rest = await app.createService('nodes', 'node');
    const id = await register(rest, { ip: '10.0.0.1', hostname: '' });
    const controller = await FakeAmqpController.connect({ url: broker.url });
    const registration = {
      cloudProvider: '',
      ip: '10.0.0.1',
      hostname: '',
      port: 8080,
      ssl: false,
    };
    controller.callTimeoutMs = 1_000;
    // Not `error`, after which it would not try again.
    const answer = controller.call('addNewErizoController', registration);
    await expect(answer).rejects.toThrow('timeout');
    expect((await rest.get(`/v1/nodes/${id}`)).status).toBe(200);
    await silence(app.databaseUri, id, 60);
    controller.callTimeoutMs = 5_000;
    await expect(controller.register()).resolves.toMatchObject({ id });
    expect((await rest.get(`/v1/nodes/${id}`)).status).toBe(404);
  });

  it('is told error for the token of a room that has left it', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    const { tokenId } = await issueToken(tenant, room);
    await silence(app.databaseUri, controller.id, 60);
    const taking = await node(8081);
    const { tokenId: good } = await issueToken(tenant, room);
    await expect(controller.call('deleteToken', tokenId)).resolves.toBe('error');
    await expect(taking.call('deleteToken', good)).resolves.toMatchObject({ _id: good });
  });

  it('lets one node in, of two that redeem a token ten times at once', async () => {
    const controllers = [await node(), await node(8081)];
    const { tokenId } = await issueToken(tenant, await tenant.createRoom());
    const answers = await Promise.all(
      controllers.map((controller) =>
        Promise.all(Array.from({ length: 10 }, () => controller.call('deleteToken', tokenId))),
      ),
    );
    const [lost, won] = answers.sort(([a]) => (a === 'error' ? -1 : 1));
    expect(lost).toEqual(Array(10).fill('error'));
    expect(won).toEqual(Array(10).fill(expect.objectContaining({ _id: tokenId })));
  });

  it('is told error for tokens that are none, and goes on', async () => {
    const controller = await node();
    for (const token of ['abc', null, { $ne: null }, '0123456789abcdef01234567', ['x']]) {
      await expect(controller.call('deleteToken', token)).resolves.toBe('error');
    }
    await expect(controller.beat()).resolves.toBe('ok');
  });

  it('redeems the token of a test room again and again, 490 times', async () => {
    const controller = await node();
    const { json } = await tenant.post('/rooms', { name: 'x', options: { test: true } });
    const { tokenId } = await issueToken(tenant, (json as { _id: string })._id);
    await expect(controller.call('deleteToken', tokenId)).resolves.toMatchObject({ use: 1 });
    await expect(controller.call('deleteToken', tokenId)).resolves.toMatchObject({ use: 2 });
    let taken = 2;
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 50 }, () => controller.call('deleteToken', tokenId));
      taken += (await Promise.all(calls)).filter((answer) => answer !== 'error').length;
    }
    expect(taken).toBe(TEST_ROOM_USES);
  });

  it('does not redeem the token of a deleted room, whose live call is ended', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    const { tokenId } = await issueToken(tenant, room);
    controller.rooms.set(room, [ANN]);
    await tenant.delete(`/rooms/${room}`);
    await controller.waitForCall('deleteRoom');
    expect(controller.calls).toContainEqual({ method: 'deleteRoom', args: [room] });
    await expect(controller.call('deleteToken', tokenId)).resolves.toBe('error');
  });

  it('answers once for a user of whom there are two', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    controller.rooms.set(room, [ANN, ANN]);
    await expect(tenant.get(`/rooms/${room}/users/ann`)).resolves.toMatchObject({
      status: 200,
      json: ANN,
    });
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ json: [ANN, ANN] });
  });

  it('kicks a user', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    controller.rooms.set(room, [ANN]);
    await expect(tenant.delete(`/rooms/${room}/users/ann`)).resolves.toMatchObject({ status: 200 });
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ json: [] });
  });

  it('is not waited for without end: a silent one is 503 with Retry-After, and the process lives', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    controller.silent = true;
    const paths = [`/rooms/${room}/users`, `/rooms/${room}/users/ann`, `/rooms/${room}/users`];
    const answers = await Promise.all(paths.map((path) => tenant.get(path)));
    for (const { status, headers } of answers) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
    }
    controller.silent = false;
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ status: 200 });
  }, 15_000);

  it('is 503 at once when it has gone without a word', async () => {
    const controller = await node();
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    await controller.stop();
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ status: 503 });
  });

  it('keeps its room through PUT and PATCH', async () => {
    const controller = await node(8081);
    const room = await tenant.createRoom();
    const before = await issueToken(tenant, room);
    controller.rooms.set(room, [ANN]);
    await node(8082);
    await tenant.put(`/rooms/${room}`, { name: 'put' });
    await tenant.patch(`/rooms/${room}`, { name: 'patched' });
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ json: [ANN] });
    await expect(issueToken(tenant, room)).resolves.toMatchObject({ host: before.host });
  });

  it('is passed over when it says that it is full', async () => {
    const full = await node(8081);
    await node(8082);
    await full.call('setInfo', { id: full.id, state: 0 });
    const hosts = [];
    for (let index = 0; index < 3; index++) {
      hosts.push((await issueToken(tenant, await tenant.createRoom())).host);
    }
    expect(new Set(hosts)).toEqual(new Set(['10.0.0.1:8082']));
  });
});

describe('nodes that come and go', () => {
  it('a node that joins while a token request waits is seen', async () => {
    await start({ CONTROLLER_WAIT_SECONDS: '10' });
    const room = await tenant.createRoom();
    const waiting = issueToken(tenant, room);
    await node();
    await expect(waiting).resolves.toMatchObject({ host: '10.0.0.1:8080' });
  }, 15_000);

  it('a node whose heartbeats were held up is answered ok, not whoareyou, and has its rooms again', async () => {
    await start({ CONTROLLER_TIMEOUT_SECONDS: '1' });
    const controller = await node();
    const room = await tenant.createRoom();
    const { host } = await issueToken(tenant, room);
    await until(async () => (await tenant.token(room, 'ann', 'presenter')).status === 404);
    await expect(controller.beat()).resolves.toBe('ok');
    await until(async () => (await tenant.token(room, 'ann', 'presenter')).status === 200);
    await expect(issueToken(tenant, room)).resolves.toMatchObject({ host });
    controller.rooms.set(room, [ANN]);
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ json: [ANN] });
  }, 15_000);

  it('a node that is started again takes the place of its old self, and its rooms', async () => {
    await start();
    const before = await node();
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    await before.stop();
    const after = await node();
    expect(after.id).toBe(before.id);
    after.rooms.set(room, [ANN]);
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ json: [ANN] });
  });

  it('rooms of a node that is gone for good move to another', async () => {
    await start({ CONTROLLER_TIMEOUT_SECONDS: '1' });
    const gone = await node(8081);
    const room = await tenant.createRoom();
    await issueToken(tenant, room);
    await gone.stop();
    const other = await node(8082);
    other.startBeating(200);
    await until(async () => (await issueToken(tenant, room)).host === '10.0.0.1:8082');
    await expect(tenant.get(`/rooms/${room}/users`)).resolves.toMatchObject({ status: 200 });
  }, 15_000);

  it('nodes that all fall silent at once are not evicted, and readiness says so', async () => {
    await start({ CONTROLLER_TIMEOUT_SECONDS: '1' });
    const controllers = await Promise.all([8081, 8082, 8083, 8084].map((port) => node(port)));
    const room = await tenant.createRoom();
    const { host } = await issueToken(tenant, room);
    await Promise.all(controllers.map((controller) => controller.beat()));
    await until(async () => {
      const { json } = await tenant.get('/health/ready');
      await issueToken(tenant, room);
      return JSON.stringify(json).includes('"evictionsHeld":true');
    });
    await expect(issueToken(tenant, room)).resolves.toMatchObject({ host });
  }, 15_000);
});

describe('three instances on one broker and one database', () => {
  let copies: TestApp[];

  beforeEach(async () => {
    await start({ CONTROLLER_TIMEOUT_SECONDS: '1' });
    const others = await Promise.all(
      [1, 2].map(() =>
        startAmqpApp(broker.url, {
          MONGODB_URI: app.databaseUri,
          CONTROLLER_TIMEOUT_SECONDS: '1',
        }),
      ),
    );
    copies = [app, ...others];
  });

  afterEach(() => Promise.all(copies.slice(1).map((copy) => copy.close())).then(() => undefined));

  it('do not each count the heartbeats of a node that lives, and evict it', async () => {
    const controller = await node();
    controller.startBeating(200);
    const room = await tenant.createRoom();
    await until(() => controller.beats.length > 12);
    for (const { url } of copies) {
      await expect(issueToken(tenant.at(url), room)).resolves.toMatchObject({
        host: '10.0.0.1:8080',
      });
    }
    expect(new Set(controller.beats)).toEqual(new Set(['ok']));
  }, 15_000);

  it('redeem each of 50 tokens once, whoever is asked, while one of them ends', async () => {
    const [controller, other] = [await node(), await node(8081)];
    controller.startBeating(200);
    const room = await tenant.createRoom();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => issueToken(tenant.at(copies[index % 2]!.url), room)),
    );
    const answers = tokens.flatMap(({ tokenId }) => [
      controller.call('deleteToken', tokenId),
      other.call('deleteToken', tokenId),
    ]);
    await copies.pop()?.close();
    const redeemed = (await Promise.all(answers)).filter((answer) => answer !== 'error');
    expect(new Set(redeemed.map((token) => (token as { _id: string })._id)).size).toBe(50);
    expect(redeemed).toHaveLength(50);
  }, 15_000);
});
