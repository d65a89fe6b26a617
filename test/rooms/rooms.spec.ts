import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, expectText, OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;
let tenant: ApiClient;
let other: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  [tenant, other] = [await server.createService('tenant'), await server.createService('other')];
});

afterAll(() => server.close());

async function create(body: unknown): Promise<string> {
  const answer = await tenant.post('/rooms', body);
  expect(answer.status).toBe(200);
  return (answer.json as { _id: string })._id;
}

describe('POST /rooms', () => {
  it('makes a room, with all its options', async () => {
    const options = {
      p2p: true,
      data: { color: 'red', nested: { list: [1, null, 'x'] } },
      mediaConfiguration: 'VP8_AND_OPUS',
      maxParticipants: 12,
    };
    const answer = await tenant.post('/rooms', { name: 'standup', options });
    expectJson(answer, { _id: OBJECT_ID, name: 'standup', ...options });
    const { _id } = answer.json as { _id: string };
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'standup', ...options });
  });

  it("takes PHP's empty lists for the empty objects that they are meant to be", async () => {
    expectJson(await tenant.post('/rooms', { name: 'php', options: [] }), {
      _id: OBJECT_ID,
      name: 'php',
    });
    const { json } = await tenant.post('/rooms', { name: 'php', options: { data: [] } });
    const { _id } = json as { _id: string };
    expect(json).toEqual({ _id, name: 'php', data: {} });
    const stays = { _id, name: 'php', data: { a: 1, list: [] } };
    await tenant.patch(`/rooms/${_id}`, { options: { data: { a: 1, list: [] } } });
    expectText(await tenant.patch(`/rooms/${_id}`, { options: { data: [] } }), 'Room Updated');
    expectText(await tenant.patch(`/rooms/${_id}`, { options: [] }), 'Room Updated');
    expectText(await tenant.patch(`/rooms/${_id}`, []), 'Room Updated');
    expectJson(await tenant.get(`/rooms/${_id}`), stays);
    const emptied = { name: 'php', options: { data: [] } };
    expectText(await tenant.put(`/rooms/${_id}`, emptied), 'Room Updated');
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'php', data: {} });
  });

  it('makes two rooms of one name', async () => {
    expect(await create({ name: 'twice' })).not.toBe(await create({ name: 'twice' }));
  });

  it('takes nested forms, whose values are texts', async () => {
    const answer = await tenant.call('POST', '/rooms', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: 'name=form&options[p2p]=true&options[data][color]=red&options[getOrCreate]=0',
    });
    expectJson(answer, { _id: OBJECT_ID, name: 'form', p2p: true, data: { color: 'red' } });
  });

  it.each(['false', '0', '', 0, false, null])('takes p2p %j for off', async (p2p) => {
    const answer = await tenant.post('/rooms', { name: 'x', options: { p2p } });
    expectJson(answer, { _id: OBJECT_ID, name: 'x' });
  });

  it.each([
    ['a name of 1 character', 'x'],
    ['a name of 256 characters', 'x'.repeat(256)],
    ['any characters', 'Raum “Ω” 🎥 $where: {"$gt": ""} \0 <b>'],
    ['the name of a property of every object', '__proto__'],
  ])('takes %s', async (_, name) => {
    expectJson(await tenant.post('/rooms', { name }), { _id: OBJECT_ID, name });
  });

  it.each([
    ['no body', undefined],
    ['no name', { options: {} }],
    ['an empty name', { name: '' }],
    ['a name that is null', { name: null }],
    ['a name that is an object', { name: { $gt: '' } }],
    ['a name that is a list', { name: ['x'] }],
    ['a name of 257 characters', { name: 'x'.repeat(257) }],
    ['a name that is ..', { name: '..' }],
    ['options that are a list', { name: 'x', options: [{ p2p: true }] }],
    ['options that are a number', { name: 'x', options: 1 }],
    ['p2p that is no boolean', { name: 'x', options: { p2p: 'yes' } }],
    ['data that is a text', { name: 'x', options: { data: 'x' } }],
    ['data that is a list', { name: 'x', options: { data: [1] } }],
    ['maxParticipants that is a text', { name: 'x', options: { maxParticipants: '2' } }],
    ['maxParticipants of 0', { name: 'x', options: { maxParticipants: 0 } }],
    ['maxParticipants of 1.5', { name: 'x', options: { maxParticipants: 1.5 } }],
    ['maxParticipants of 10,001', { name: 'x', options: { maxParticipants: 10_001 } }],
    ['a text', 'name'],
    ['a list', [{ name: 'x' }]],
  ])('refuses %s', async (_, body) => {
    expectError(await tenant.post('/rooms', body), 'INVALID_ROOM');
  });

  it.each([
    ['malformed JSON', '{"name":'],
    ['a key that would change every object', '{"name":"x","__proto__":{"admin":true}}'],
    ['such a key further down', '{"name":"x","options":{"data":{"__proto__":{"a":1}}}}'],
    [
      'two that would together',
      '{"name":"x","options":{"data":{"constructor":{"prototype":{"a":1}}}}}',
    ],
    ['JSON with something after it', '{"name":"x"} x'],
  ])('refuses %s, without a stack trace', async (_, rawBody) => {
    const answer = await tenant.call('POST', '/rooms', {
      rawBody,
      headers: { 'content-type': 'application/json' },
    });
    expectError(answer, 'MALFORMED_BODY');
  });

  it('reads a body only after it was signed', async () => {
    const stranger = tenant.as(null);
    expectError(await stranger.call('POST', '/rooms', { rawBody: '{"name":' }), 'UNAUTHENTICATED');
    expectError(await stranger.post('/rooms', { name: { $gt: '' } }), 'UNAUTHENTICATED');
  });

  it.each([
    'text/plain',
    'text/xml; charset=utf-8',
    'multipart/form-data; boundary=x',
    'application/json',
    'application/x-www-form-urlencoded',
    'json',
  ])('takes a request without a body, whose type is said to be %s', async (type) => {
    const node = await FakeNode.start(await server.createService('nodes', 'node'), { port: 9100 });
    const room = await create({ name: 'bodyless' });
    const headers = { 'content-type': type };
    for (const rawBody of [undefined, '']) {
      const token = await tenant.token(room, 'ann', 'presenter', { headers, rawBody });
      expect({ status: token.status, text: token.text }).toMatchObject({ status: 200 });
    }
    expectText(await tenant.delete(`/rooms/${room}`, { headers }), 'Room deleted');
    await node.client.delete(`/v1/nodes/${node.id}`);
    await node.close();
  });

  it('takes an empty body that comes in chunks', async () => {
    const room = await create({ name: 'chunked' });
    const request = httpRequest(`${server.url}/rooms/${room}`, {
      method: 'DELETE',
      headers: {
        authorization: tenant.sign() ?? '',
        'content-type': 'text/plain',
        'transfer-encoding': 'chunked',
      },
    });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it('refuses other content types, and bodies over 100 kB', async () => {
    const headers = { 'content-type': 'text/xml' };
    const xml = await tenant.call('POST', '/rooms', { rawBody: '<room/>', headers });
    expectError(xml, 'UNSUPPORTED_MEDIA_TYPE');
    const large = await tenant.post('/rooms', { name: 'x', junk: 'x'.repeat(102_400) });
    expectError(large, 'PAYLOAD_TOO_LARGE');
  });

  it('says which fields are wrong to whoever asks for JSON', async () => {
    const body = { name: 5, options: { p2p: 'x', maxParticipants: 0 } };
    const headers = { accept: 'application/problem+json' };
    const { json } = await tenant.post('/rooms', body, { headers });
    expect((json as { errors: { field: string }[] }).errors.map(({ field }) => field)).toEqual([
      'name',
      'name',
      'options.p2p',
      'options.maxParticipants',
    ]);
  });
});

describe('getOrCreate', () => {
  const options = { getOrCreate: true };

  it('answers the latest room of that name, whoever made it', async () => {
    await create({ name: 'goc', options });
    const last = await create({ name: 'goc' });
    expect(await create({ name: 'goc', options })).toBe(last);
    await tenant.delete(`/rooms/${last}`);
    const later = await create({ name: 'goc' });
    await create({ name: 'another' });
    expect(await create({ name: 'goc', options })).toBe(later);
  });

  it('knows the latest by its time, since ids of several instances are in no order', async () => {
    const first = await create({ name: 'goc5' });
    const client = await MongoClient.connect(server.databaseUri);
    const rooms = client.db().collection<{ _id: ObjectId; createdAt: Date }>('rooms');
    const [room] = await rooms.find({ _id: new ObjectId(first) }).toArray();
    if (!room) throw new Error('The room was not kept');
    const last = `${first.slice(0, 8)}${'0'.repeat(16)}`;
    await rooms.insertOne({
      ...room,
      _id: new ObjectId(last),
      createdAt: new Date(room.createdAt.getTime() + 1),
    });
    await client.close();
    expect(await create({ name: 'goc5', options })).toBe(last);
  });

  it('makes one where there is none, with the other options, and keeps them', async () => {
    const body = { name: 'goc2', options: { ...options, data: { a: 1 }, p2p: true } };
    const answer = await tenant.post('/rooms', body);
    expectJson(answer, { _id: OBJECT_ID, name: 'goc2', data: { a: 1 }, p2p: true });
    const again = await tenant.post('/rooms', { name: 'goc2', options: { ...options, data: {} } });
    expectJson(again, answer.json);
  });

  it('makes another once the room is renamed, or deleted', async () => {
    const first = await create({ name: 'goc3', options });
    await tenant.patch(`/rooms/${first}`, { name: 'renamed' });
    const second = await create({ name: 'goc3', options });
    expect(second).not.toBe(first);
    await tenant.delete(`/rooms/${second}`);
    expect(await create({ name: 'goc3', options })).not.toBe(second);
  });

  it("never answers another tenant's room", async () => {
    const first = await create({ name: 'goc4', options });
    const answer = await other.post('/rooms', { name: 'goc4', options });
    expectJson(answer, { _id: OBJECT_ID, name: 'goc4' });
    expect((answer.json as { _id: string })._id).not.toBe(first);
  });
});

describe('GET /rooms/:room', () => {
  it.each([UNKNOWN_ID, 'abc', '%24gt', 'x'.repeat(12), '%00', '..%2f', 'x'.repeat(1_000)])(
    'answers 404 for %s',
    async (id) => {
      expectError(await tenant.get(`/rooms/${id}`), 'ROOM_NOT_FOUND');
    },
  );

  it('takes an id in capitals, a trailing slash and two slashes', async () => {
    const _id = await create({ name: 'x' });
    for (const path of [`/rooms/${_id.toUpperCase()}`, `/rooms/${_id}/`, `//rooms//${_id}`]) {
      expectJson(await tenant.get(path), { _id, name: 'x' });
    }
  });

  it("answers 404 for another tenant's room, the superservice included", async () => {
    const _id = await create({ name: 'x' });
    expectError(await other.get(`/rooms/${_id}`), 'ROOM_NOT_FOUND');
    expectError(await server.superservice.get(`/rooms/${_id}`), 'ROOM_NOT_FOUND');
  });
});

describe('PUT /rooms/:room', () => {
  it('sets the name and what options holds; the rest stays', async () => {
    const _id = await create({
      name: 'old',
      options: { p2p: true, data: { a: 1 }, mediaConfiguration: 'm', maxParticipants: 3 },
    });
    const body = { name: 'new', options: { data: { b: 2 } } };
    expectText(await tenant.put(`/rooms/${_id}`, body), 'Room Updated');
    expectJson(await tenant.get(`/rooms/${_id}`), {
      _id,
      name: 'new',
      p2p: true,
      data: { b: 2 },
      mediaConfiguration: 'm',
      maxParticipants: 3,
    });
  });

  it.each([
    ['no name', {}],
    ['a name that is null', { name: null }],
    ['data that is a text', { name: 'x', options: { data: 'x' } }],
  ])('refuses %s', async (_, body) => {
    const _id = await create({ name: 'x' });
    expectError(await tenant.put(`/rooms/${_id}`, body), 'INVALID_ROOM');
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });

  it('answers 404 for a room that is not there, or not its own', async () => {
    const _id = await create({ name: 'x' });
    expectError(await tenant.put(`/rooms/${UNKNOWN_ID}`, { name: 'y' }), 'ROOM_NOT_FOUND');
    expectError(await tenant.put('/rooms/abc', { name: 'y' }), 'ROOM_NOT_FOUND');
    expectError(await other.put(`/rooms/${_id}`, { name: 'y' }), 'ROOM_NOT_FOUND');
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });
});

describe('PATCH /rooms/:room', () => {
  it('merges data key by key, and leaves the rest', async () => {
    const _id = await create({ name: 'x', options: { data: { a: 1, b: { c: 1 } }, p2p: true } });
    const body = { options: { data: { b: { d: 2 }, e: null } } };
    expectText(await tenant.patch(`/rooms/${_id}`, body), 'Room Updated');
    expectJson(await tenant.get(`/rooms/${_id}`), {
      _id,
      name: 'x',
      data: { a: 1, b: { d: 2 }, e: null },
      p2p: true,
    });
  });

  it.each([false, 0, '0', 'false'])('switches p2p off with %j', async (p2p) => {
    const _id = await create({ name: 'x', options: { p2p: true } });
    await tenant.patch(`/rooms/${_id}`, { options: { p2p } });
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });

  it('clears data and maxParticipants with null', async () => {
    const _id = await create({ name: 'x', options: { data: { a: 1 }, maxParticipants: 2 } });
    await tenant.patch(`/rooms/${_id}`, { options: { data: null, maxParticipants: null } });
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });

  it.each([undefined, {}, { options: {} }, { options: { mediaConfiguration: 5 } }])(
    'changes nothing with %j',
    async (body) => {
      const _id = await create({ name: 'x', options: { data: { a: 1 } } });
      expectText(await tenant.patch(`/rooms/${_id}`, body), 'Room Updated');
      expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data: { a: 1 } });
    },
  );

  it.each([
    ['a name that is null', { name: null }],
    ['an empty name', { name: '' }],
    ['data that is a list', { options: { data: [1] } }],
    ['p2p that is no boolean', { options: { p2p: {} } }],
  ])('refuses %s', async (_, body) => {
    const _id = await create({ name: 'x', options: { data: { a: 1 } } });
    expectError(await tenant.patch(`/rooms/${_id}`, body), 'INVALID_ROOM');
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data: { a: 1 } });
  });

  it('answers 404 for a room that is not there, or not its own', async () => {
    const _id = await create({ name: 'x' });
    for (const body of [{ name: 'y' }, {}, { options: { data: { a: 1 } } }]) {
      expectError(await tenant.patch(`/rooms/${UNKNOWN_ID}`, body), 'ROOM_NOT_FOUND');
      expectError(await tenant.patch('/rooms/abc', body), 'ROOM_NOT_FOUND');
      expectError(await other.patch(`/rooms/${_id}`, body), 'ROOM_NOT_FOUND');
    }
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });
});

describe('DELETE /rooms/:room', () => {
  it('deletes it, once, also as the Python client sends it', async () => {
    const _id = await create({ name: 'x' });
    const headers = { 'content-type': 'application/json' };
    expectText(await tenant.delete(`/rooms/${_id}`, { headers }), 'Room deleted');
    expectError(await tenant.delete(`/rooms/${_id}`, { headers }), 'ROOM_NOT_FOUND');
    expectError(await tenant.get(`/rooms/${_id}`), 'ROOM_NOT_FOUND');
  });

  it("answers 404 for another tenant's room, and leaves it", async () => {
    const _id = await create({ name: 'x' });
    expectError(await other.delete(`/rooms/${_id}`), 'ROOM_NOT_FOUND');
    expectError(await server.superservice.delete(`/rooms/${_id}`), 'ROOM_NOT_FOUND');
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x' });
  });

  it('ends the live call on its node', async () => {
    const node = await FakeNode.start(await server.createService('nodes', 'node'));
    const _id = await create({ name: 'x' });
    await tenant.token(_id, 'ann', 'presenter');
    expectText(await tenant.delete(`/rooms/${_id}`), 'Room deleted');
    expect(node.calls).toEqual([`DELETE /rooms/${_id}`]);
    await node.close();
  });
});
