import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import type { IdempotencyKey } from '../../src/idempotency/schemas/idempotency-key.schema.js';
import type { Answer, ApiClient, CallOptions } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { expectReplay, idOf, isReplayed, newKey, withKey } from './support.js';

const DAY_MS = 24 * 3_600_000;
const SERVICE_KEY = 'c2b9f3a81d6e47508b1c9a7de0f25346c2b9f3a81d6e47508b1c9a7de0f25346';

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let client: MongoClient;
let keys: Collection<IdempotencyKey>;
let room: string;
let key: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  client = await MongoClient.connect(server.databaseUri);
  keys = client.db().collection('idempotencyKeys');
});

beforeEach(async () => {
  room = await tenant.createRoom();
  key = newKey();
});

afterAll(async () => {
  await client.close();
  await node.close();
  await server.close();
});

const createRoom = (options: CallOptions, name = 'made'): Promise<Answer> =>
  tenant.post('/v1/rooms', { name }, options);

const issueToken = (options?: CallOptions): Promise<Answer> =>
  tenant.post(`/v1/rooms/${room}/tokens`, { userName: 'ann', role: 'presenter' }, options);

const tokenOf = ({ json }: Answer): string => (json as { token: string }).token;

const count = (collection: string, filter: object): Promise<number> =>
  client.db().collection(collection).countDocuments(filter);

describe('a request that is sent twice with one key', () => {
  it('makes one room', async () => {
    const name = `made by ${key}`;
    const first = await createRoom(withKey(key), name);
    expect(first.status).toBe(201);
    expectReplay(await createRoom(withKey(key), name), first);
    expect(await count('rooms', { name })).toBe(1);
  });

  it('issues one token', async () => {
    const first = await issueToken(withKey(key));
    expect(first.status).toBe(201);
    expectReplay(await issueToken(withKey(key)), first);
    expect(await count('tokens', { room: new ObjectId(room) })).toBe(1);
  });

  it('redeems a token once, and lets the participant in both times', async () => {
    const token = tokenOf(await issueToken());
    const redeem = (): Promise<Answer> =>
      node.client.post('/v1/tokens/redeem', { token }, withKey(key));
    const first = await redeem();
    expect(first.status).toBe(200);
    expectReplay(await redeem(), first);
  });

  it('makes one service, and tells its key again', async () => {
    const name = `made by ${key}`;
    const create = (): Promise<Answer> =>
      server.superservice.post('/v1/services', { name }, withKey(key));
    const first = await create();
    expect(first.status).toBe(201);
    expectReplay(await create(), first);
    expect(await count('services', { name })).toBe(1);
  });

  it('changes a room once, whatever becomes of it between', async () => {
    const rename = (name: string, options?: CallOptions): Promise<Answer> =>
      tenant.patch(`/v1/rooms/${room}`, { name }, options);
    const first = await rename('first', withKey(key, { headers: { 'if-match': '"0"' } }));
    expect(first.headers.get('etag')).toBe('"1"');
    await rename('second');
    expectReplay(await rename('first', withKey(key, { headers: { 'if-match': '"0"' } })), first);
    const now = await tenant.get(`/v1/rooms/${room}`);
    expect(now.json).toMatchObject({ name: 'second' });
    expect(now.headers.get('etag')).toBe('"2"');
  });

  it('changes a service once', async () => {
    const path = `/v1/services/${tenant.credentials?.serviceId}`;
    const first = await tenant.patch(path, { name: 'renamed' }, withKey(key));
    expect(first.headers.get('etag')).toBe('"1"');
    expectReplay(await tenant.patch(path, { name: 'renamed' }, withKey(key)), first);
    expect((await tenant.get(path)).headers.get('etag')).toBe('"1"');
  });

  it('registers a node once, and changes it once', async () => {
    const register = (): Promise<Answer> =>
      node.client.post(
        '/v1/nodes',
        { ip: '192.0.2.9', hostname: '', port: 9000, secure: false },
        withKey(key),
      );
    const registered = await register();
    expect(registered.status).toBe(201);
    const path = `/v1/nodes/${idOf(registered)}`;
    const drain = (draining: boolean, options?: CallOptions): Promise<Answer> =>
      node.client.patch(path, { draining }, options);
    const drained = await drain(true, withKey(`${key}-again`));
    await drain(false);
    expectReplay(await drain(true, withKey(`${key}-again`)), drained);
    expectReplay(await register(), registered);
    expect((await node.client.get(path)).json).toMatchObject({ draining: false });
  });

  it('has one key, bare or quoted', async () => {
    const first = await createRoom(withKey(`${key}\\`));
    expectReplay(await createRoom(withKey(`"${key}\\\\"`)), first);
  });
});

describe('a key', () => {
  it('is nothing to requests without one', async () => {
    const before = await keys.countDocuments();
    const rooms = [await createRoom({}), await createRoom({})];
    expect(new Set(rooms.map(idOf)).size).toBe(2);
    expect(rooms.some(isReplayed)).toBe(false);
    expect(await keys.countDocuments()).toBe(before);
  });

  it.each(['', '""', 'a b', '"open', '\u00e9', 'x'.repeat(256)])(
    'that is %j is refused, and nothing is made',
    async (header) => {
      const name = `not made by ${key}`;
      expectProblem(await createRoom(withKey(header), name), 'INVALID_REQUEST', 'Idempotency-Key');
      expect(await count('rooms', { name })).toBe(0);
    },
  );

  it('is good for one request', async () => {
    await tenant.patch(`/v1/rooms/${room}`, { name: 'first' }, withKey(key));
    const others = [
      await tenant.patch(`/v1/rooms/${room}`, { name: 'other' }, withKey(key)),
      await tenant.patch(`/v1/rooms/${room}?other`, { name: 'first' }, withKey(key)),
      await tenant.patch(`/v1/rooms/${UNKNOWN_ID}`, { name: 'first' }, withKey(key)),
      await tenant.post('/v1/rooms', { name: 'first' }, withKey(key)),
      await tenant.patch(
        `/v1/rooms/${room}`,
        { name: 'first' },
        withKey(key, { headers: { 'if-match': '"1"' } }),
      ),
    ];
    for (const other of others) expectProblem(other, 'IDEMPOTENCY_KEY_REUSED');
    expect((await tenant.get(`/v1/rooms/${room}`)).headers.get('etag')).toBe('"1"');
  });

  it('is its own to each service', async () => {
    const other = await server.createService('other');
    const rooms = [
      await createRoom(withKey(key)),
      await other.post('/v1/rooms', { name: 'made' }, withKey(key)),
    ];
    expect(rooms.map(({ status }) => status)).toEqual([201, 201]);
    expect(new Set(rooms.map(idOf)).size).toBe(2);
  });

  it('is kept for a day, by an index', async () => {
    await createRoom(withKey(key));
    const [kept] = await keys.find().sort({ expiresAt: -1 }).toArray();
    expect(Math.abs((kept?.expiresAt.getTime() ?? 0) - Date.now() - DAY_MS)).toBeLessThan(60_000);
    expect(await keys.indexes()).toContainEqual(
      expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
    );
  });

  it('goes with its service, and with no other', async () => {
    const other = await server.createService('other');
    await other.post('/v1/rooms', { name: 'made' }, withKey(key));
    await createRoom(withKey(key));
    const ofService = (id = ''): Promise<number> =>
      keys.countDocuments({ _id: { $regex: new RegExp(`^${id}:`) } });
    const [mine, its] = [tenant, other].map(({ credentials }) => credentials?.serviceId);
    const before = await ofService(mine);
    expect(await ofService(its)).toBe(1);
    await server.superservice.delete(`/v1/services/${its}`);
    expect(await ofService(its)).toBe(0);
    expect(await ofService(mine)).toBe(before);
  });

  it('is not taken by a signed request that was received before', async () => {
    const authorization = tenant.sign();
    expect((await issueToken({ authorization })).status).toBe(201);
    const before = await keys.countDocuments();
    expect((await issueToken(withKey(key, { authorization }))).status).toBe(401);
    expect(await keys.countDocuments()).toBe(before);
    expect((await issueToken(withKey(key))).status).toBe(201);
  });
});

describe('what is stored', () => {
  it('is the answer, sealed: no token and no key can be read', async () => {
    const token = tokenOf(await issueToken(withKey(newKey())));
    const body = { name: 'sealed', key: SERVICE_KEY };
    await server.superservice.post('/v1/services', body, withKey(key));
    const stored = JSON.stringify(await keys.find().toArray());
    for (const secret of [token, SERVICE_KEY]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret).toString('base64').slice(4, -4));
    }
    expect(stored).toContain('"answer":"');
  });

  it.each([
    ['400', () => createRoom(withKey(key), ''), 'INVALID_REQUEST'],
    ['404', () => tenant.patch(`/v1/rooms/${UNKNOWN_ID}`, {}, withKey(key)), 'ROOM_NOT_FOUND'],
    [
      '412',
      () =>
        tenant.patch(
          `/v1/rooms/${room}`,
          { name: 'x' },
          withKey(key, { headers: { 'if-match': '"7"' } }),
        ),
      'PRECONDITION_FAILED',
    ],
  ] as const)('is a final refusal, too: %s', async (_, call, code) => {
    const first = await call();
    expectProblem(first, code);
    expectReplay(await call(), first);
  });

  it('is no refusal for what others have done: the next try may do better', async () => {
    await tenant.patch(`/v1/rooms/${room}`, { maxParticipants: 1 });
    const [first, second] = [tokenOf(await issueToken()), tokenOf(await issueToken())];
    const redeem = (token: string, options?: CallOptions): Promise<Answer> =>
      node.client.post('/v1/tokens/redeem', { token }, options);
    expect((await redeem(first)).status).toBe(200);
    expectProblem(await redeem(second, withKey(key)), 'ROOM_FULL');
    await tenant.patch(`/v1/rooms/${room}`, { maxParticipants: 2 });
    expect((await redeem(second, withKey(key))).status).toBe(200);
  });
});

it('every POST and PATCH of /v1 takes a key, and says so', async () => {
  interface Operation {
    parameters?: { name: string; in: string }[];
    'x-error-codes'?: string[];
  }
  const { json } = await tenant.get('/openapi.json');
  const { paths } = json as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const taking = operations.filter(({ operation: { parameters = [] } }) =>
    parameters.some((each) => each.name === 'Idempotency-Key' && each.in === 'header'),
  );
  expect(taking).toEqual(
    operations.filter(
      ({ path, method }) => path.startsWith('/v1/') && ['post', 'patch'].includes(method),
    ),
  );
  for (const { operation } of taking) {
    expect(operation['x-error-codes']).toEqual(
      expect.arrayContaining([
        'IDEMPOTENCY_KEY_IN_USE',
        'IDEMPOTENCY_KEY_REUSED',
        'INVALID_REQUEST',
      ]),
    );
  }
});
