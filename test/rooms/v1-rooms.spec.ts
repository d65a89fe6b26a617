import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const NOBODY = { data: 'x'.repeat(70_000) };

let server: TestApp;
let tenant: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  other = await server.createService('other');
});

afterAll(() => server.close());

const create = (body?: unknown): Promise<Answer> => tenant.post('/v1/rooms', body);

async function made(body: object = {}): Promise<{ id: string; path: string; etag: string }> {
  const answer = await create({ name: 'room', ...body });
  const { id } = answer.json as { id: string };
  return { id, path: `/v1/rooms/${id}`, etag: answer.headers.get('etag') ?? '' };
}

describe('POST /v1/rooms', () => {
  it('answers 201 with the room, where it is, and its ETag', async () => {
    const answer = await create({
      name: 'standup',
      p2p: true,
      data: { color: 'red', 'a.b': { $k: 1 }, none: null },
      mediaConfiguration: 'VP8',
      maxParticipants: 4,
    });
    expect(answer).toMatchObject({ status: 201 });
    expect(answer.json).toEqual({
      id: OBJECT_ID,
      name: 'standup',
      p2p: true,
      data: { color: 'red', 'a.b': { $k: 1 }, none: null },
      mediaConfiguration: 'VP8',
      maxParticipants: 4,
      status: 'open',
      createdAt: TIME,
      updatedAt: TIME,
    });
    const { id } = answer.json as { id: string };
    expect(answer.headers.get('location')).toBe(`/v1/rooms/${id}`);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect((await tenant.get(`/v1/rooms/${id}`)).json).toEqual(answer.json);
  });

  it('takes null for what is not set', async () => {
    const answer = await create({ name: 'r', p2p: null, data: null, maxParticipants: null });
    expect(answer.json).toEqual({
      id: OBJECT_ID,
      name: 'r',
      p2p: false,
      status: 'open',
      createdAt: TIME,
      updatedAt: TIME,
    });
  });

  it('answers the room there is with getOrCreate', async () => {
    const first = await create({ name: 'one', getOrCreate: true });
    const again = await create({ name: 'one', getOrCreate: true, p2p: true });
    expect(again.json).toEqual(first.json);
  });

  it.each([
    ['an unknown field', { name: 'r', maxParticpants: 4 }, ['maxParticpants']],
    ['the options of Nuve', { name: 'r', options: { p2p: true } }, ['options']],
    [
      'two wrong fields',
      { name: '', p2p: 'yes', maxParticipants: 0 },
      ['name', 'p2p', 'maxParticipants'],
    ],
    [
      'an unknown and a wrong one',
      { p2p: true, x: 1, constructor: 2 },
      ['x', 'constructor', 'name'],
    ],
    ['a test room', { name: 'r', test: true }, ['test']],
    ['data that is too large', { name: 'r', data: NOBODY }, ['data']],
    ['a list', [], ['']],
    ['half a character', { name: '\ud800', data: { '\udfff': 1 } }, ['name', 'data']],
    ['null', null, ['']],
    ['no body', undefined, ['']],
  ])('refuses %s, and names each field', async (_, body, fields) => {
    const answer = await create(body);
    expectProblem(answer, 'INVALID_REQUEST');
    const { errors } = answer.json as { errors: { field: string }[] };
    expect(new Set(errors.map(({ field }) => field))).toEqual(new Set(fields));
  });
});

it('takes no form: that is for the clients of Nuve', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = { rawBody: 'name=form', headers };
  expectProblem(await tenant.call('POST', '/v1/rooms', form), 'UNSUPPORTED_MEDIA_TYPE');
  expect((await tenant.call('POST', '/rooms', form)).status).toBe(200);
});

describe('GET /v1/rooms/:room', () => {
  it("says of another tenant's room what it says of none", async () => {
    const { path } = await made();
    for (const each of [path, `/v1/rooms/${UNKNOWN_ID}`, '/v1/rooms/x']) {
      expectProblem(await other.get(each), 'ROOM_NOT_FOUND');
    }
  });

  it('answers 304 to who has it', async () => {
    const { path, etag } = await made();
    const answer = await tenant.get(path, { headers: { 'if-none-match': etag } });
    expect(answer).toMatchObject({ status: 304, text: '' });
    expect(answer.headers.get('etag')).toBe(etag);
    await tenant.patch(path, { p2p: true });
    const changed = await tenant.get(path, { headers: { 'if-none-match': etag } });
    expect(changed).toMatchObject({ status: 200, json: { p2p: true } });
  });
});

describe('PATCH /v1/rooms/:room', () => {
  it('merges, clears what is null, and answers the changed room', async () => {
    const { path, id } = await made({
      data: { keep: 1, drop: 2, deep: { a: 1, b: 2 } },
      p2p: true,
      maxParticipants: 4,
    });
    const answer = await tenant.patch(path, {
      name: 'renamed',
      p2p: null,
      maxParticipants: null,
      data: { drop: null, deep: { b: null, c: { $d: 1 } }, 'new.key': [null] },
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.json).toEqual({
      id,
      name: 'renamed',
      p2p: false,
      data: { keep: 1, deep: { a: 1, c: { $d: 1 } }, 'new.key': [null] },
      status: 'open',
      createdAt: TIME,
      updatedAt: TIME,
    });
    expect((await tenant.get(path)).json).toEqual(answer.json);
    expect((await tenant.patch(path, { data: null })).json).not.toHaveProperty('data');
  });

  it('changes nothing with an empty body, and tells the room', async () => {
    const { path, etag } = await made();
    const answer = await tenant.patch(path, {});
    expect(answer).toMatchObject({ status: 200, json: { name: 'room' } });
    expect(answer.headers.get('etag')).toBe(etag);
  });

  it('takes the media type of a merge patch', async () => {
    const { path } = await made();
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await tenant.patch(path, { p2p: true }, { headers })).json).toMatchObject({
      p2p: true,
    });
  });

  it('is refused for a room that was changed since it was read', async () => {
    const { path, etag } = await made();
    const headers = { 'if-match': etag };
    const first = await tenant.patch(path, { data: { a: 1 } }, { headers });
    expect(first).toMatchObject({ status: 200 });
    for (const body of [{ data: { b: 1 } }, { name: 'lost' }, {}]) {
      expectProblem(await tenant.patch(path, body, { headers }), 'PRECONDITION_FAILED');
    }
    const now = { 'if-match': `"99", ${first.headers.get('etag')}` };
    expect((await tenant.patch(path, { data: { b: 1 } }, { headers: now })).json).toMatchObject({
      data: { a: 1, b: 1 },
    });
  });

  it('lets one of ten who have read the same change it', async () => {
    const { path, etag } = await made();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        tenant.patch(path, { data: { by: i } }, { headers: { 'if-match': etag } }),
      ),
    );
    const statuses = answers.map(({ status }) => String(status)).sort();
    expect(statuses).toEqual(['200', ...Array<string>(9).fill('412')]);
  });

  it('loses none of twenty who add a key each', async () => {
    const { path } = await made();
    const keys = Array.from({ length: 20 }, (_, i) => `key${i}`);
    await Promise.all(keys.map((key) => tenant.patch(path, { data: { [key]: 1 } })));
    const { data } = (await tenant.get(path)).json as { data: object };
    expect(Object.keys(data).sort()).toEqual(keys.sort());
  });

  it('refuses what would be too large, or could not be read again, when it is merged', async () => {
    const half = 'x'.repeat(40_000);
    const { path } = await made({ data: { half, $ref: 'x' } });
    expectProblem(await tenant.patch(path, { data: { more: half } }), 'INVALID_DATA');
    expectProblem(await tenant.patch(path, { data: { $id: 'y' } }), 'INVALID_DATA');
    expect((await tenant.patch(path, { data: { half: null, more: half } })).status).toBe(200);
  });

  it('counts the changes that Nuve’s routes make, and a node', async () => {
    const { path, id, etag } = await made();
    await tenant.patch(`/rooms/${id}`, { options: { data: { a: 1 } } });
    const headers = { 'if-match': etag };
    expectProblem(await tenant.patch(path, { p2p: true }, { headers }), 'PRECONDITION_FAILED');
    await tenant.put(`/rooms/${id}`, { name: 'put' });
    expect((await tenant.get(path)).headers.get('etag')).toBe('"2"');
  });

  it.each([
    ['an unknown field', { nmae: 'x' }, 'nmae'],
    ['a wrong one', { maxParticipants: '4' }, 'maxParticipants'],
    ['no name', { name: null }, 'name'],
    ['null', null, ''],
    ['no body', undefined, ''],
  ])('refuses %s', async (_, body, field) => {
    const { path } = await made();
    expectProblem(await tenant.patch(path, body), 'INVALID_REQUEST', field);
  });
});

describe('DELETE /v1/rooms/:room', () => {
  it('answers 204, once', async () => {
    const { path } = await made();
    expect(await tenant.delete(path)).toMatchObject({ status: 204, text: '' });
    expectProblem(await tenant.delete(path), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get(path), 'ROOM_NOT_FOUND');
  });

  it('is refused for a room that was changed since it was read', async () => {
    const { path, etag } = await made();
    await tenant.patch(path, { p2p: true });
    const headers = { 'if-match': etag };
    expectProblem(await tenant.delete(path, { headers }), 'PRECONDITION_FAILED');
    expect((await tenant.delete(path, { headers: { 'if-match': '*' } })).status).toBe(204);
  });

  it('leaves the rooms of others alone', async () => {
    const { path } = await made();
    expectProblem(await other.delete(path), 'ROOM_NOT_FOUND');
    expect((await tenant.get(path)).status).toBe(200);
  });
});

it('refuses numbers that are too large, and tells of twenty mistakes at most', async () => {
  const rawBody = '{"name":"r","data":{"n":1e400}}';
  expectProblem(
    await tenant.post('/v1/rooms', undefined, { rawBody }),
    'INVALID_REQUEST',
    'data.n',
  );
  const long = 'x'.repeat(1_000);
  const many = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`${i}${long}`, 1]));
  const answer = await create(many);
  expectProblem(answer, 'INVALID_REQUEST');
  expect((answer.json as { errors: object[] }).errors).toHaveLength(20);
  expect(answer.text.length).toBeLessThan(10_000);
});

it('says of a field that is missing that it is required, and no more', async () => {
  const answer = await create({ p2p: true });
  expect(answer.json).toMatchObject({
    detail: 'name is required',
    errors: [{ field: 'name', message: 'name is required' }],
  });
});

describe('a path of /v1', () => {
  it('tells which methods it has', async () => {
    const { path } = await made();
    const answer = await tenant.put(path, {});
    expectProblem(answer, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expectProblem(await tenant.put('/%76%31/rooms'), 'METHOD_NOT_ALLOWED');
    expectProblem(await tenant.put('//V1//rooms/'), 'METHOD_NOT_ALLOWED');
  });

  it('that there is not is answered as a problem too', async () => {
    expectProblem(await tenant.get('/v1/romos'), 'RESOURCE_NOT_FOUND');
    const malformed = await tenant.get('/v1/rooms/%zz', { headers: { 'x-request-id': 'mine' } });
    expectProblem(malformed, 'MALFORMED_URL');
    expect(malformed.headers.get('x-request-id')).toBe('mine');
    expectProblem(await tenant.post('/v1/rooms', undefined, { rawBody: '{' }), 'MALFORMED_BODY');
    expectProblem(await tenant.as(null).get('/v1/rooms'), 'UNAUTHENTICATED');
    const node = await server.createService('n', 'node');
    expectProblem(await node.get('/v1/rooms'), 'FORBIDDEN');
  });
});

it('is named as its clients reach it, where a proxy puts a path before it', async () => {
  const proxied = await startTestApp({ PUBLIC_URL: 'https://example.org/nuvem/' });
  const own = await proxied.createService('own');
  const answer = await own.post('/v1/rooms', { name: 'r' });
  const { id } = answer.json as { id: string };
  expect(answer.headers.get('location')).toBe(`/nuvem/v1/rooms/${id}`);
  await proxied.close();
});
