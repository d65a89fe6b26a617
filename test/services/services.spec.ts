import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient, CallOptions } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, expectText, OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';

const KEY: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
/** A key as an operator would make one. */
const GIVEN_KEY = 'c2b9f3a81d6e47508b1c9a7de0f25346c2b9f3a81d6e47508b1c9a7de0f25346';
const SUPER = { _id: SUPERSERVICE.serviceId, name: 'superService', role: 'superservice' };

let server: TestApp;
let superservice: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  ({ superservice } = server);
});

afterAll(() => server.close());

async function create(name: string): Promise<string> {
  const { json } = await superservice.post('/services', { name });
  return (json as { _id: string })._id;
}

describe('POST /services', () => {
  it('without a key makes one of 256 bits, and shows it this once', async () => {
    const answer = await superservice.post('/services', { name: 'acme' });
    expectJson(answer, { _id: OBJECT_ID, name: 'acme', role: 'tenant', key: KEY });
    const { _id } = answer.json as { _id: string };
    expectJson(await superservice.get(`/services/${_id}`), { _id, name: 'acme', role: 'tenant' });
  });

  it('makes another key each time', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => superservice.post('/services', { name: 'x' })),
    );
    expect(new Set(answers.map(({ json }) => (json as { key: string }).key)).size).toBe(2);
  });

  it("with a key answers Nuve's bare id, as a JSON string", async () => {
    const answer = await superservice.post('/services', { name: 'acme', key: GIVEN_KEY });
    expectJson(answer, OBJECT_ID);
    const tenant = superservice.as({ serviceId: answer.json as string, key: GIVEN_KEY });
    expectJson(await tenant.get('/rooms'), []);
  });

  it('takes forms, and makes nodes', async () => {
    const answer = await superservice.call('POST', '/services', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: 'name=media&role=node',
    });
    expectJson(answer, { _id: OBJECT_ID, name: 'media', role: 'node', key: KEY });
  });

  it.each([
    ['no body', undefined],
    ['no name', {}],
    ['an empty name', { name: '' }],
    ['a name that is null', { name: null }],
    ['a name that is an object', { name: { $gt: '' } }],
    ['a name of 257 characters', { name: 'x'.repeat(257) }],
    ['a name that is ..', { name: '..' }],
    ['a key that is null', { name: 'x', key: null }],
    ['an empty key', { name: 'x', key: '' }],
    ['a key that is a number', { name: 'x', key: 1 }],
    ['a role that is null', { name: 'x', role: null }],
    ['a role that is none', { name: 'x', role: 'admin' }],
    ['the role of the superservice', { name: 'x', role: 'superservice' }],
    ['a list', [{ name: 'x' }]],
  ])('refuses %s', async (_, body) => {
    expectError(await superservice.post('/services', body), 'INVALID_SERVICE');
  });

  it.each([
    ['one character', 'k'],
    ['31 characters', 'abcdefghijklmnopqrstuvwxyz01234'],
    ['64 characters that are all the same', 'a'.repeat(64)],
    ['blanks', ' '.repeat(40)],
    ['NULs', '\0'.repeat(40)],
    ['a NUL after a strong key', `${GIVEN_KEY}\0`],
  ])('refuses a key of %s, and says so', async (_, key) => {
    const headers = { accept: 'application/json' };
    const { status, json } = await superservice.post('/services', { name: 'x', key }, { headers });
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { code: 'INVALID_SERVICE', errors: [{ field: 'key' }] },
    });
  });

  it('takes short keys where they are allowed, but none of blanks or NUL', async () => {
    const lenient = await startTestApp({ ALLOW_WEAK_KEYS: 'true' });
    const create = (key: string): Promise<Answer> =>
      lenient.superservice.post('/services', { name: 'x', key });
    const created = await create('tenantKey');
    expectJson(created, OBJECT_ID);
    const tenant = lenient.superservice.as({ serviceId: created.json as string, key: 'tenantKey' });
    expectJson(await tenant.get('/rooms'), []);
    for (const key of [' ', '\t\n', '\0', 'tenantKey\0']) {
      expectError(await create(key), 'INVALID_SERVICE');
    }
    await lenient.close();
  });

  it('stores nothing that was not asked for', async () => {
    const body = {
      name: 'acme',
      _id: UNKNOWN_ID,
      rooms: [1],
      createdAt: 1,
      sealedKey: 'x',
      testRoom: 1,
    };
    const { json } = await superservice.post('/services', body);
    const { _id } = json as { _id: string };
    expect(_id).not.toBe(UNKNOWN_ID);
    expectJson(await superservice.get(`/services/${_id}`), { _id, name: 'acme', role: 'tenant' });
    expectError(await superservice.get(`/services/${UNKNOWN_ID}`), 'SERVICE_NOT_FOUND');
    await withDatabase(async (services) => {
      const stored = await services.findOne({ name: 'acme', sealedKey: { $exists: true } });
      expect(Object.keys(stored ?? {}).sort()).toEqual([
        '_id',
        'createdAt',
        'name',
        'role',
        'sealedKey',
      ]);
    });
  });

  it('answers a problem that names the field to whoever asks for JSON', async () => {
    const headers = { accept: 'application/json' };
    const { status, json } = await superservice.post('/services', { name: '' }, { headers });
    expect(status).toBe(400);
    expect(json).toEqual({
      type: '/docs/errors#INVALID_SERVICE',
      title: 'Bad Request',
      status: 400,
      detail: 'name must be longer than or equal to 1 characters',
      code: 'INVALID_SERVICE',
      errors: [{ field: 'name', message: 'name must be longer than or equal to 1 characters' }],
    });
  });
});

describe('GET /services', () => {
  it('lists all, oldest first, and never a key', async () => {
    const fresh = await startTestApp();
    const { json } = await fresh.superservice.post('/services', { name: 'a', key: GIVEN_KEY });
    const answer = await fresh.superservice.get('/services');
    await fresh.close();
    expectJson(answer, [SUPER, { _id: json, name: 'a', role: 'tenant' }]);
    expect(answer.text).not.toContain(GIVEN_KEY);
    expect(answer.text).not.toContain(SUPERSERVICE.key);
  });

  it('keeps no key in clear in the database', async () => {
    await superservice.post('/services', { name: 'sealed', key: GIVEN_KEY });
    await withDatabase(async (services) => {
      const stored = JSON.stringify(await services.find().toArray());
      expect(stored).toContain('sealed');
      expect(stored).not.toContain(GIVEN_KEY);
      expect(stored).not.toContain(SUPERSERVICE.key);
      expect(stored).not.toContain(Buffer.from(GIVEN_KEY).toString('base64').slice(0, 20));
    });
  });
});

describe('GET /services/:service', () => {
  it.each([UNKNOWN_ID, 'abc', '%24ne', 'x'.repeat(24), 'x'.repeat(12)])(
    'answers 404 for %s',
    async (id) => {
      expectError(await superservice.get(`/services/${id}`), 'SERVICE_NOT_FOUND');
    },
  );
});

describe('DELETE /services/:service', () => {
  it('deletes it, once', async () => {
    const id = await create('gone');
    expectText(await superservice.delete(`/services/${id}`), 'Service deleted');
    expectError(await superservice.delete(`/services/${id}`), 'SERVICE_NOT_FOUND');
    expectError(await superservice.get(`/services/${id}`), 'SERVICE_NOT_FOUND');
  });

  it.each([UNKNOWN_ID, 'abc'])('answers 404 for %s', async (id) => {
    expectError(await superservice.delete(`/services/${id}`), 'SERVICE_NOT_FOUND');
  });

  it('does not delete the superservice, by whatever spelling of its id', async () => {
    for (const id of [SUPERSERVICE.serviceId, SUPERSERVICE.serviceId.toUpperCase()]) {
      expectError(await superservice.delete(`/services/${id}`), 'SUPERSERVICE_PROTECTED');
    }
    expectJson(await superservice.get(`/services/${SUPERSERVICE.serviceId}`), SUPER);
  });

  it('refuses its key from the next request on', async () => {
    const tenant = await server.createService('t');
    expectJson(await tenant.get('/rooms'), []);
    await superservice.delete(`/services/${tenant.credentials?.serviceId}`);
    expectError(await tenant.get('/rooms'), 'UNAUTHENTICATED');
  });

  it('ends its rooms, its tokens and its live calls, and nobody else’s', async () => {
    const node = await FakeNode.start(await server.createService('nodes', 'node'));
    const [tenant, other] = [await server.createService('t'), await server.createService('o')];
    const ids: string[] = [];
    const tokens: string[] = [];
    for (const client of [tenant, tenant, other]) {
      const { json } = await client.post('/rooms', { name: 'r' });
      const { _id } = json as { _id: string };
      ids.push(_id);
      tokens.push((await client.token(_id, 'ann', 'presenter')).text);
      node.join(_id, 'bob');
    }
    expect(tokens.map((token) => decodeToken(token)?.host)).toEqual(
      Array(3).fill('192.0.2.2:8080'),
    );

    const path = `/services/${tenant.credentials?.serviceId}`;
    expectText(await superservice.delete(path), 'Service deleted');

    expect(node.calls.sort()).toEqual(
      ids
        .slice(0, 2)
        .map((id) => `DELETE /rooms/${id}`)
        .sort(),
    );
    for (const [index, token] of tokens.entries()) {
      const redeemed = await node.client.post('/v1/tokens/redeem', { token });
      if (index < 2) expectError(redeemed, 'ROOM_NOT_FOUND');
      else expect(redeemed.status).toBe(200);
    }
    expectError(
      await superservice.get('/v1/rooms', actingFor(tenant.credentials?.serviceId)),
      'SERVICE_NOT_FOUND',
    );
    expect((await other.get(`/rooms/${ids[2]}`)).status).toBe(200);
    await node.close();
  });
});

describe("a tenant's rooms, for the superservice", () => {
  let tenant: ApiClient;
  let node: FakeNode;
  let acting: CallOptions;
  let room: string;

  beforeAll(async () => {
    tenant = await server.createService('tenant');
    node = await FakeNode.start(await server.createService('nodes', 'node'), { port: 8090 });
    acting = actingFor(tenant.credentials?.serviceId);
    room = ((await tenant.post('/rooms', { name: 'r' })).json as { _id: string })._id;
  });

  afterAll(() => node.close());

  it('are listed, and paged', async () => {
    expect((await superservice.get('/v1/rooms', acting)).json).toMatchObject({
      items: [{ id: room, name: 'r' }],
      next: null,
    });
    await tenant.post('/rooms', { name: 's' });
    const page = await superservice.get('/v1/rooms?limit=1', acting);
    const { items, next } = page.json as { items: { id: string }[]; next: string };
    expect(items).toMatchObject([{ id: room }]);
    const further = await superservice.get(`/v1/rooms?limit=1&cursor=${next}`, acting);
    expect(further.json).toMatchObject({ items: [{ name: 's' }], next: null });
    expectError(await superservice.get('/v1/rooms?limit=0', acting), 'INVALID_REQUEST');
    expectError(await superservice.get('/v1/rooms', actingFor(UNKNOWN_ID)), 'SERVICE_NOT_FOUND');
  });

  it('show their participants, and let them be disconnected', async () => {
    expectJson(await superservice.get(`/v1/rooms/${room}/participants`, acting), {
      items: [],
      next: null,
    });
    expectError(
      await superservice.delete(`/v1/rooms/${room}/participants/ann`, acting),
      'PARTICIPANT_NOT_FOUND',
    );
    await tenant.token(room, 'ann', 'presenter');
    node.join(room, 'ann');
    const permissions = { publish: true, subscribe: true };
    expectJson(await superservice.get(`/v1/rooms/${room}/participants`, acting), {
      items: [{ userName: 'ann', role: 'presenter', permissions }],
      next: null,
    });
    expect((await superservice.delete(`/v1/rooms/${room}/participants/ann`, acting)).status).toBe(
      204,
    );
    expectJson(await superservice.get(`/v1/rooms/${room}/participants`, acting), {
      items: [],
      next: null,
    });
  });

  it("are found in their own service's name alone", async () => {
    const other = actingFor(SUPERSERVICE.serviceId);
    expectJson(await superservice.get('/v1/rooms', other), { items: [], next: null });
    expectError(await superservice.get(`/v1/rooms/${room}/participants`, other), 'ROOM_NOT_FOUND');
    expectError(
      await superservice.delete(`/v1/rooms/${room}/participants/ann`, other),
      'ROOM_NOT_FOUND',
    );
    expectError(await superservice.delete(`/v1/rooms/${room}`, other), 'ROOM_NOT_FOUND');
  });

  it('are deleted, and their call is ended', async () => {
    expect((await superservice.delete(`/v1/rooms/${room}`, acting)).status).toBe(204);
    expect(node.calls).toContain(`DELETE /rooms/${room}`);
    expectError(await superservice.delete(`/v1/rooms/${room}`, acting), 'ROOM_NOT_FOUND');
    expectError(await tenant.get(`/rooms/${room}`), 'ROOM_NOT_FOUND');
  });
});

function actingFor(service = ''): CallOptions {
  return { headers: { 'nuvem-service': service } };
}

async function withDatabase(
  look: (services: import('mongodb').Collection) => Promise<void>,
): Promise<void> {
  const client = await MongoClient.connect(server.databaseUri);
  try {
    await look(client.db().collection('services'));
  } finally {
    await client.close();
  }
}
