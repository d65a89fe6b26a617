import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { ServicesService } from '../../src/services/services.service.js';
import { LICODE_ROLES } from '../../src/common/participant-roles/roles.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { createService, ifMatch, pathOf, type Service } from './v1-support.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
const KEY: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
const GIVEN_KEY = 'c2b9f3a81d6e47508b1c9a7de0f25346c2b9f3a81d6e47508b1c9a7de0f25346';
const ROLES = { teacher: { publish: { audio: true, video: false }, subscribe: true }, guest: {} };

interface Page {
  items: Service[];
  next: string | null;
}

let server: TestApp;
let superservice: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  ({ superservice } = server);
});

afterAll(() => server.close());

const create = (fields?: object): Promise<Service> => createService(superservice, fields);

const clientOf = ({ id, key }: Service): ApiClient => superservice.as({ serviceId: id, key });

function expectService(answer: Answer, etag: string, fields: object): void {
  expect({
    status: answer.status,
    etag: answer.headers.get('etag'),
    json: answer.json,
  }).toEqual({
    status: 200,
    etag,
    json: {
      id: OBJECT_ID,
      role: 'tenant',
      eventLog: 'on',
      createdAt: TIME,
      updatedAt: TIME,
      ...fields,
    },
  });
}

describe('POST /v1/services', () => {
  it('makes one with a key of 256 bits, shown this once', async () => {
    const answer = await superservice.post('/v1/services', { name: 'acme' });
    const { id, createdAt } = answer.json as Service;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/services/${id}`);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.json).toEqual({
      id: OBJECT_ID,
      name: 'acme',
      role: 'tenant',
      eventLog: 'on',
      key: KEY,
      createdAt: TIME,
      updatedAt: createdAt,
    });
    expectService(await superservice.get(`/v1/services/${id}`), '"0"', { id, name: 'acme' });
  });

  it('takes a key, a role and roles, and answers JSON all the same', async () => {
    const made = await create({ name: 'media', role: 'node', key: GIVEN_KEY, roles: ROLES });
    expect(made).toMatchObject({ name: 'media', role: 'node', key: GIVEN_KEY, roles: ROLES });
    expect((await clientOf(made).get(pathOf(made))).json).toMatchObject({ roles: ROLES });
  });

  it('keeps no key in clear in the database', async () => {
    const { id } = await create({ key: GIVEN_KEY });
    const client = await MongoClient.connect(server.databaseUri);
    const stored = await client
      .db()
      .collection('services')
      .findOne({ _id: new ObjectId(id) });
    await client.close();
    expect(Object.keys(stored ?? {}).sort()).toEqual([
      '_id',
      'createdAt',
      'eventLog',
      'name',
      'role',
      'sealedKey',
    ]);
    expect(JSON.stringify(stored)).not.toContain(GIVEN_KEY);
  });

  it.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name that is ..', { name: '..' }, 'name'],
    ['a name of 257 characters', { name: 'x'.repeat(257) }, 'name'],
    ['a key that is null', { name: 'x', key: null }, 'key'],
    ['a role that is none', { name: 'x', role: 'superservice' }, 'role'],
    ['a field that is not known', { name: 'x', roels: {} }, 'roels'],
  ])('refuses %s', async (_, body, field) => {
    const answer = await superservice.post('/v1/services', body);
    expectProblem(answer, 'INVALID_REQUEST', field);
  });

  it.each([
    ['none', {}],
    ['33', Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`role${n}`, {}]))],
    ['one without a name', { '': {} }],
    ['one named ..', { '..': {} }],
    ['one of 65 characters', { ['x'.repeat(65)]: {} }],
    ['one whose permissions are a list', { viewer: [] }],
    ['one whose permissions are true', { viewer: true }],
    ['one with a text for a permission', { viewer: { subscribe: 'yes' } }],
    ['one whose permissions nest twice', { viewer: { publish: { audio: { mono: true } } } }],
    ['a list', ['viewer']],
    ['null', null],
  ])('refuses roles that are %s', async (_, roles) => {
    expectProblem(
      await superservice.post('/v1/services', { name: 'x', roles }),
      'INVALID_REQUEST',
      'roles',
    );
  });

  it('refuses a weak key', async () => {
    expectProblem(
      await superservice.post('/v1/services', { name: 'x', key: 'k' }),
      'INVALID_KEY',
      'key',
    );
  });
});

describe('GET /v1/services', () => {
  it('pages through all, oldest first, for the superservice', async () => {
    const fresh = await startTestApp();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const { json } = await fresh.superservice.post('/v1/services', { name });
      ids.push((json as Service).id);
    }
    const list = async (query: string): Promise<Page> =>
      (await fresh.superservice.get(`/v1/services${query}`)).json as Page;
    const whole = await list('');
    expect(whole.next).toBeNull();
    expect(whole.items.map(({ id }) => id).sort()).toEqual([SUPERSERVICE.serviceId, ...ids].sort());
    expect(JSON.stringify(whole)).not.toContain('key');
    const seen: string[] = [];
    let page = await list('?limit=2');
    for (;;) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      page = await list(`?limit=2&cursor=${page.next}`);
    }
    await fresh.close();
    expect(seen).toEqual(whole.items.map(({ id }) => id));
  });

  it.each(['tenant', 'node'] as const)('shows a %s itself alone', async (role) => {
    const [own] = [await create({ role }), await create()];
    const client = clientOf(own);
    const { items, next } = (await client.get('/v1/services?limit=1')).json as Page;
    expect([items.map(({ id }) => id), next]).toEqual([[own.id], null]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=x', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=WyJhIl0', 'cursor'],
    ['cursor=WyIwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1NjciLDFd', 'cursor'],
    ['page=2', 'page'],
  ])('refuses ?%s', async (query, field) => {
    const answer = await superservice.get(`/v1/services?${query}`);
    expectProblem(answer, 'INVALID_REQUEST', field);
  });
});

describe('GET /v1/services/:service', () => {
  it.each(['tenant', 'node'] as const)('lets a %s read itself, and nobody else', async (role) => {
    const [own, other] = [await create({ role }), await create()];
    const client = clientOf(own);
    expectService(await client.get(pathOf(own)), '"0"', { id: own.id, name: 'acme', role });
    expect((await client.get(`/v1/services/${own.id.toUpperCase()}`)).status).toBe(200);
    expectProblem(await client.get(pathOf(other)), 'SERVICE_NOT_FOUND');
    expectProblem(await client.get(`/v1/services/${SUPERSERVICE.serviceId}`), 'SERVICE_NOT_FOUND');
  });

  it.each([UNKNOWN_ID, 'abc', '%24ne', 'x'.repeat(24)])('answers 404 for %s', async (id) => {
    expectProblem(await superservice.get(`/v1/services/${id}`), 'SERVICE_NOT_FOUND');
  });

  it.each([
    ['"0"', 304],
    ['W/"0"', 304],
    ['"7", "0"', 304],
    ['*', 304],
    ['"1"', 200],
    ['0', 200],
  ])('answers If-None-Match: %s with %i', async (tags, status) => {
    const made = await create();
    const answer = await superservice.get(pathOf(made), { headers: { 'if-none-match': tags } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([status, '"0"']);
    expect(answer.text === '').toBe(status === 304);
  });
});

describe('PATCH /v1/services/:service', () => {
  it('changes what is given, and raises the ETag with each change', async () => {
    const made = await create();
    const id = made.id;
    expectService(await superservice.patch(pathOf(made), { name: 'b' }), '"1"', { id, name: 'b' });
    const withRoles = await superservice.patch(pathOf(made), { roles: ROLES });
    expectService(withRoles, '"2"', { id, name: 'b', roles: ROLES });
    expectService(await superservice.patch(pathOf(made), {}), '"2"', {
      id,
      name: 'b',
      roles: ROLES,
    });
    expectService(await superservice.patch(pathOf(made), { roles: null }), '"3"', {
      id,
      name: 'b',
    });
    const read = await superservice.get(pathOf(made));
    expectService(read, '"3"', { id, name: 'b' });
    const { createdAt, updatedAt } = read.json as Service;
    expect(createdAt).toBe(made.createdAt);
    expect(Date.parse(updatedAt)).toBeGreaterThan(Date.parse(createdAt));
  });

  it.each(['tenant', 'node'] as const)('is for a %s itself, too', async (role) => {
    const [own, other] = [await create({ role }), await create()];
    expect((await clientOf(own).patch(pathOf(own), { name: 'mine' })).status).toBe(200);
    expectProblem(await clientOf(own).patch(pathOf(other), { name: 'x' }), 'SERVICE_NOT_FOUND');
    expectService(await superservice.get(pathOf(other)), '"0"', { name: 'acme' });
  });

  it('takes names of roles as they are', async () => {
    const roles = { $set: { 'a.b': true }, 'x.y': { $inc: { 'c.d': false } }, constructor: {} };
    const made = await create({ roles });
    expectService(await superservice.get(pathOf(made)), '"0"', { name: 'acme', roles });
    const other = { 'x.y': { $literal: true } };
    expectService(await superservice.patch(pathOf(made), { roles: other }), '"1"', {
      name: 'acme',
      roles: other,
    });
  });

  it.each([
    [{ name: null }, 'name'],
    [{ name: '' }, 'name'],
    [{ roles: {} }, 'roles'],
    [{ role: 'superservice' }, 'role'],
    [{ key: GIVEN_KEY }, 'key'],
    [{ revision: 5 }, 'revision'],
  ])('refuses %j', async (body, field) => {
    const made = await create();
    const answer = await superservice.patch(pathOf(made), body);
    expectProblem(answer, 'INVALID_REQUEST', field);
    expectService(await superservice.get(pathOf(made)), '"0"', { name: 'acme' });
  });

  it('renames the superservice, whose roles are those of the settings', async () => {
    const path = `/v1/services/${SUPERSERVICE.serviceId}`;
    expect((await superservice.patch(path, { name: 'us' })).json).toMatchObject({ name: 'us' });
    expectProblem(await superservice.patch(path, { roles: ROLES }), 'INVALID_REQUEST', 'roles');
  });

  it.each([UNKNOWN_ID, 'abc'])('answers 404 for %s', async (id) => {
    for (const options of [undefined, ifMatch('"0"')]) {
      const path = `/v1/services/${id}`;
      expectProblem(await superservice.patch(path, { name: 'x' }, options), 'SERVICE_NOT_FOUND');
      expectProblem(await superservice.patch(path, {}, options), 'SERVICE_NOT_FOUND');
    }
  });

  it.each(['"1"', 'W/"0"', '"a"', '"00"'])('leaves alone what is not If-Match: %s', async (tag) => {
    const made = await create();
    for (const body of [{ name: 'x' }, {}]) {
      expectProblem(
        await superservice.patch(pathOf(made), body, ifMatch(tag)),
        'PRECONDITION_FAILED',
      );
    }
    expectService(await superservice.get(pathOf(made)), '"0"', { name: 'acme' });
  });

  it.each(['"0"', '*', '"5", "0"'])('changes what is If-Match: %s', async (tag) => {
    const made = await create();
    expect((await superservice.patch(pathOf(made), {}, ifMatch(tag))).status).toBe(200);
    const changed = await superservice.patch(pathOf(made), { name: 'x' }, ifMatch(tag));
    expectService(changed, '"1"', { name: 'x' });
  });

  it('refuses an If-Match that is no list of ETags', async () => {
    const made = await create();
    const answer = await superservice.patch(pathOf(made), { name: 'x' }, ifMatch('0'));
    expectProblem(answer, 'INVALID_REQUEST', 'If-Match');
  });

  it('lets one of many that change the same revision win', async () => {
    const made = await create();
    for (let revision = 0; revision < 5; revision++) {
      const names = Array.from({ length: 8 }, (_, index) => `${revision}-${index}`);
      const answers = await Promise.all(
        names.map((name) => superservice.patch(pathOf(made), { name }, ifMatch(`"${revision}"`))),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      for (const answer of answers) {
        if (answer.status !== 200) expectProblem(answer, 'PRECONDITION_FAILED');
      }
      const read = await superservice.get(pathOf(made));
      expect(read.headers.get('etag')).toBe(`"${revision + 1}"`);
      expect(read.json).toEqual(won[0]?.json);
    }
  });

  it('loses none of many that do not say what they change', async () => {
    const made = await create();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => superservice.patch(pathOf(made), { name: `n${n}` })),
    );
    expect((await superservice.get(pathOf(made))).headers.get('etag')).toBe('"10"');
  });
});

describe('the roles of a service', () => {
  it("are its own, otherwise the installation's", async () => {
    const services = server.app.get(ServicesService);
    const [own, other] = [await create({ roles: ROLES }), await create()];
    expect(await services.findRoles(new ObjectId(own.id))).toEqual(ROLES);
    expect(await services.findRoles(new ObjectId(other.id))).toEqual(LICODE_ROLES);
    expect(await services.findRoles(new ObjectId(UNKNOWN_ID))).toEqual(LICODE_ROLES);
    await superservice.patch(pathOf(own), { roles: null });
    expect(await services.findRoles(new ObjectId(own.id))).toEqual(LICODE_ROLES);
  });

  it('of an installation are TOKEN_ROLES', async () => {
    const app = await startTestApp({ TOKEN_ROLES: JSON.stringify(ROLES) });
    expect(app.app.get(ServicesService).rolesOf({})).toEqual(ROLES);
    await app.close();
  });
});
