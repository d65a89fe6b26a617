import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { IdempotencyKeysRepository } from '../../src/idempotency/idempotency-keys.repository.js';
import type { IdempotencyKey } from '../../src/idempotency/schemas/idempotency-key.schema.js';
import { RoomsRepository } from '../../src/rooms/rooms.repository.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { answerOf, expectReplay, idOf, isReplayed, newKey, withKey } from './support.js';

/** Of a request of these tests, in which none waits for a node. */
const LEASE_MS = 30_000;

let first: TestApp;
let second: TestApp;
let clock: TestClock;
let tenant: ApiClient;
let client: MongoClient;
let keys: Collection<IdempotencyKey>;
let key: string;
let name: string;
let port = 9000;

beforeAll(async () => {
  first = await startTestApp();
  second = await startTestApp({ MONGODB_URI: first.databaseUri });
  clock = new TestClock(second.app);
  tenant = await first.createService('tenant');
  client = await MongoClient.connect(first.databaseUri);
  keys = client.db().collection('idempotencyKeys');
});

beforeEach(async () => {
  await keys.deleteMany({});
  key = newKey();
  name = `made by ${key}`;
});

afterEach(() => {
  clock.reset();
  jest.restoreAllMocks();
});

afterAll(async () => {
  await client.close();
  await second.close();
  await first.close();
});

const create = (on: TestApp): Promise<Answer> =>
  tenant.at(on.url).post('/v1/rooms', { name }, withKey(key, signedNow(on)));

const roomPath = async (owner: ApiClient): Promise<string> =>
  `/v1/rooms/${await owner.createRoom()}`;
const servicePath = async ({ credentials }: ApiClient): Promise<string> =>
  `/v1/services/${credentials?.serviceId}`;

/** Signed by the clock of the instance. */
const signedNow = (on: TestApp): { sign: { timestamp: number } } => ({
  sign: { timestamp: on === second ? clock.now() : Date.now() },
});

const count = (collection: string, filter: object): Promise<number> =>
  client.db().collection(collection).countDocuments(filter);

/** Makes of an answered request what its instance leaves that is killed after the work and before the answer. */
async function forgetAnswer(): Promise<void> {
  const { modifiedCount } = await keys.updateMany({}, { $unset: { answer: '' } });
  expect(modifiedCount).toBe(1);
}

/** The same, when its lease is over. */
async function leaveBehind(): Promise<void> {
  await forgetAnswer();
  await keys.updateMany({}, { $set: { lockedUntil: new Date(Date.now() - 1) } });
}

describe('two instances', () => {
  it('answer a retry as the other did', async () => {
    const answer = await create(first);
    expectReplay(await create(second), answer);
  });

  it('make one room of twenty requests that come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => create(index % 2 ? first : second)),
    );
    expect(await count('rooms', { name })).toBe(1);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const other of answers.filter(({ status }) => status !== 201)) {
      expectProblem(other, 'IDEMPOTENCY_KEY_IN_USE');
      expect(other.headers.get('retry-after')).toBe('1');
    }
  });

  it('make one room of twenty retries that come when the lease is over', async () => {
    const before = await create(first);
    await leaveBehind();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => create(index % 2 ? first : second)),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(new Set(made.map(idOf))).toEqual(new Set([idOf(before)]));
    expect(await count('rooms', { name })).toBe(1);
  });
});

describe('a retry of what an instance did that was killed before it answered', () => {
  it('finds the room that it made where there was none, whatever its name is by now', async () => {
    const body = { name, getOrCreate: true };
    const send = (): Promise<Answer> => tenant.post('/v1/rooms', body, withKey(key));
    const before = await send();
    await leaveBehind();
    await tenant.patch(`/v1/rooms/${idOf(before)}`, { name: `${name} renamed` });
    const again = await send();
    expect(again).toMatchObject({ status: 201, json: { name: `${name} renamed` } });
    expect(idOf(again)).toBe(idOf(before));
  });

  it.each([
    ['a room', roomPath],
    ['a service', servicePath],
  ])('leaves what others have changed by their keys since: %s', async (_, pathOf) => {
    const path = await pathOf(tenant);
    const change = (to: string, by: string): Promise<Answer> =>
      tenant.patch(path, { name: to }, withKey(by));
    await change('first', key);
    await leaveBehind();
    for (const by of ['second', 'third']) await change(by, `${key} ${by}`.replaceAll(' ', '-'));
    expect(await change('first', key)).toMatchObject({ status: 200, json: { name: 'third' } });
    expect((await tenant.get(path)).json).toMatchObject({ name: 'third' });
  });

  it('waits for the lease, then finds the room', async () => {
    const before = await create(second);
    await forgetAnswer();
    expectProblem(await create(second), 'IDEMPOTENCY_KEY_IN_USE');
    clock.advance(LEASE_MS + 5_000);
    const after = await create(second);
    expect(answerOf(after)).toEqual(answerOf(before));
    expect(isReplayed(after)).toBe(false);
    expectReplay(await create(first), after);
    expect(await count('rooms', { name })).toBe(1);
  });

  it('finds the service, with its key', async () => {
    const createService = (on: TestApp): Promise<Answer> =>
      first.superservice.at(on.url).post('/v1/services', { name }, withKey(key, signedNow(on)));
    const before = await createService(first);
    await leaveBehind();
    expect(answerOf(await createService(second))).toEqual(answerOf(before));
    expect(await count('services', { name })).toBe(1);
  });

  it('finds the token', async () => {
    const room = await tenant.createRoom();
    const node = await FakeNode.start(await first.createService('nodes', 'node'));
    const issue = (on: TestApp): Promise<Answer> =>
      tenant
        .at(on.url)
        .post(
          `/v1/rooms/${room}/tokens`,
          { userName: 'ann', role: 'presenter' },
          withKey(key, signedNow(on)),
        );
    const before = await issue(first);
    expect(before.status).toBe(201);
    await leaveBehind();
    expect(answerOf(await issue(second))).toEqual(answerOf(before));
    expect(await count('tokens', { room: new ObjectId(room) })).toBe(1);
    await node.close();
  });

  describe.each([
    ['the name of a room', { name: 'changed' }, roomPath],
    ['the data of a room', { data: { changed: true } }, roomPath],
    ['a service', { name: 'changed' }, servicePath],
  ])('finds the change of %s', (_, change, pathOf) => {
    let owner: ApiClient;
    let path: string;

    beforeEach(async () => {
      owner = await first.createService('owner');
      path = await pathOf(owner);
    });

    const patch = (on: TestApp): Promise<Answer> =>
      owner
        .at(on.url)
        .patch(path, change, withKey(key, { ...signedNow(on), headers: { 'if-match': '"0"' } }));

    it('that nobody has changed since', async () => {
      const before = await patch(first);
      expect(before.headers.get('etag')).toBe('"1"');
      await leaveBehind();
      expect(answerOf(await patch(second))).toEqual(answerOf(before));
    });

    it('and leaves alone what somebody has changed since', async () => {
      await patch(first);
      await leaveBehind();
      const since = await owner.patch(path, { name: 'since' });
      expect(answerOf(await patch(second))).toEqual(answerOf(since));
      expect(answerOf(await owner.get(path))).toEqual(answerOf(since));
    });

    it('but not the change of another request', async () => {
      await owner.patch(path, { name: 'another' }, withKey(newKey()));
      expectProblem(await patch(second), 'PRECONDITION_FAILED');
    });
  });

  describe.each([
    ['its region', { region: 'changed' }],
    ['its labels', { labels: { changed: 'yes' } }],
  ])('finds the change of a node: %s', (_, change) => {
    let owner: ApiClient;
    let path: string;

    beforeEach(async () => {
      owner = await first.createService('nodes', 'node');
      const registration = { ip: '192.0.2.9', hostname: '', port: ++port, secure: false };
      path = `/v1/nodes/${idOf(await owner.post('/v1/nodes', registration))}`;
    });

    const patch = (on: TestApp): Promise<Answer> =>
      owner.at(on.url).patch(path, change, withKey(key, signedNow(on)));

    it('and leaves alone what somebody has changed since', async () => {
      expect((await patch(first)).json).toMatchObject(change);
      await leaveBehind();
      const since = await owner.patch(path, { region: 'since', labels: null });
      expect((await patch(second)).json).toMatchObject({ region: 'since' });
      expect((await owner.get(path)).json).toEqual(since.json);
    });

    it('unless it is gone', async () => {
      await patch(first);
      await leaveBehind();
      await owner.delete(path);
      expectProblem(await patch(second), 'NODE_NOT_FOUND');
    });
  });

  it('does not take the key of a request that goes on', async () => {
    await create(first);
    await leaveBehind();
    await create(second);
    const repository = first.app.get(IdempotencyKeysRepository, { strict: false });
    const [stored] = await keys.find().toArray();
    if (!stored) throw new Error('No key');
    await repository.answer({ _id: stored._id, holder: new ObjectId() }, 'of the first');
    await repository.release({ _id: stored._id, holder: new ObjectId() });
    expect(await keys.findOne()).toEqual(stored);
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['back', -7_200_000],
    ['forward', 7_200_000],
  ])('%s takes no key from a request that goes on, and forgets no answer', async (_, ms) => {
    const answer = await create(second);
    clock.step(ms);
    expectReplay(await create(second), answer);
    await forgetAnswer();
    expectProblem(await create(second), 'IDEMPOTENCY_KEY_IN_USE');
  });
});

describe('an answer', () => {
  it('leaves though it cannot be stored, and a retry carries on with the same id', async () => {
    const repository = second.app.get(IdempotencyKeysRepository, { strict: false });
    jest.spyOn(repository, 'answer').mockRejectedValueOnce(new Error('away'));
    const before = await create(second);
    expect(before.status).toBe(201);
    expectProblem(await create(second), 'IDEMPOTENCY_KEY_IN_USE');
    clock.advance(LEASE_MS + 5_000);
    const after = await create(second);
    expect(answerOf(after)).toEqual(answerOf(before));
    expect(await count('rooms', { name })).toBe(1);
  });

  it('is stored though the client has gone', async () => {
    const [rooms, repository] = [
      first.app.get(RoomsRepository, { strict: false }),
      first.app.get(IdempotencyKeysRepository, { strict: false }),
    ];
    const answer = repository.answer.bind(repository);
    const stored = new Promise<void>((resolve) => {
      jest.spyOn(repository, 'answer').mockImplementationOnce(async (...given) => {
        await answer(...given);
        resolve();
      });
    });
    const connected = once(first.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const leaving = request(`${first.url}/v1/rooms`, {
      agent: false,
      method: 'POST',
      headers: {
        authorization: tenant.sign() ?? '',
        'content-type': 'application/json',
        'idempotency-key': key,
      },
    });
    const insert = rooms.insert.bind(rooms);
    jest.spyOn(rooms, 'insert').mockImplementationOnce(async (room) => {
      const [socket] = await connected;
      leaving.on('error', () => undefined).destroy();
      await once(socket, 'close');
      return insert(room);
    });
    leaving.end(JSON.stringify({ name }));
    await stored;
    const retry = await create(second);
    expect({ status: retry.status, isReplayed: isReplayed(retry) }).toEqual({
      status: 201,
      isReplayed: true,
    });
    expect(await count('rooms', { name })).toBe(1);
  });

  it('that says to try again is not stored', async () => {
    const alone = await startTestApp();
    const client = await alone.createService('tenant');
    const room = await client.createRoom();
    const issue = (): Promise<Answer> =>
      client.post(`/v1/rooms/${room}/tokens`, { userName: 'ann', role: 'presenter' }, withKey(key));
    expectProblem(await issue(), 'NO_NODE_AVAILABLE');
    const node = await FakeNode.start(await alone.createService('nodes', 'node'));
    const answer = await issue();
    expect(answer.status).toBe(201);
    expectReplay(await issue(), answer);
    await node.close();
    await alone.close();
  });
});

describe('while the database is away', () => {
  it('nothing is carried out, and afterwards it is, once', async () => {
    const uri = freshDatabaseUri();
    const proxy = await TcpProxy.start(uri);
    const cutOff = await startTestApp({ MONGODB_URI: proxy.through(uri) });
    const client = await cutOff.createService('tenant');
    const call = (): Promise<Answer> => client.post('/v1/rooms', { name }, withKey(key));
    await proxy.shut();
    expectProblem(await call(), 'DATABASE_UNAVAILABLE');
    await proxy.open();
    let answer = await call();
    while (answer.status === 503) answer = await call();
    expect(answer.status).toBe(201);
    expectReplay(await call(), answer);
    await cutOff.close();
    await proxy.shut();
  });
});
