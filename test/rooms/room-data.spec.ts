import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isStorable, MAX_DATA_BYTES } from '../../src/rooms/room-data.js';
import type { ApiClient } from '../support/api-client.js';
import { expectError, expectJson, OBJECT_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;
let tenant: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
});

afterAll(() => server.close());

const ODD: [string, Record<string, unknown>][] = [
  [
    'an array under a name that objects inherit',
    { valueOf: [{}], toString: [{ constructor: [1] }] },
  ],
  ['dots', { 'a.b': 1, '.': { '.': 1 } }],
  ['dollars', { $k: 1, $set: { $inc: 1 }, $literal: 'x', x$y: 1 }],
  ['nothing', { '': { '': '' } }],
  ['names of properties of every object', { constructor: 5, toString: null, hasOwnProperty: [] }],
  ['numbers', { '1': 'b', '0': 'a' }],
  ['a reference of JSON Schema', { $ref: '#/definitions/x' }],
];

/** At whatever depth, and `prototype` within `constructor`: rooms.spec.ts shows what is refused. */
const KEY_REFUSED_BY_THE_PARSER = /"(__proto__|prototype)":/;

describe("a room's data with odd keys", () => {
  it.each(ODD)('%s is kept as it came', async (_, data) => {
    const { json } = await tenant.post('/rooms', { name: 'x', options: { data } });
    const { _id } = json as { _id: string };
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data });
  });

  it.each(ODD)('%s is kept by getOrCreate', async (kind, data) => {
    const options = { data, getOrCreate: true };
    const answer = await tenant.post('/rooms', { name: kind, options });
    expectJson(answer, { _id: OBJECT_ID, name: kind, data });
  });

  it.each(ODD)('%s is set by PUT, and merged by PATCH', async (_, data) => {
    const { json } = await tenant.post('/rooms', { name: 'x', options: { data: { old: 1 } } });
    const { _id } = json as { _id: string };
    await tenant.patch(`/rooms/${_id}`, { options: { data } });
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data: { old: 1, ...data } });
    await tenant.put(`/rooms/${_id}`, { name: 'x', options: { data } });
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data });
    await tenant.patch(`/rooms/${_id}`, { options: { data: { more: 1 } } });
    expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data: { ...data, more: 1 } });
  });
});

describe("a room's data", () => {
  it('comes back as it was sent, whatever it is', async () => {
    const data = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    await fc.assert(
      fc.asyncProperty(data, async (generated) => {
        // Through JSON first: -0 and the like are no JSON.
        const body = JSON.stringify(generated);
        const sent = JSON.parse(body) as Record<string, unknown>;
        fc.pre(isStorable(sent) && !KEY_REFUSED_BY_THE_PARSER.test(body));
        const { json } = await tenant.post('/rooms', { name: 'x', options: { data: sent } });
        const { _id } = json as { _id: string };
        expectJson(await tenant.get(`/rooms/${_id}`), { _id, name: 'x', data: sent });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['is 64 kB of JSON is taken', { x: 'x'.repeat(MAX_DATA_BYTES - 8) }, 200],
    ['is one byte more is refused', { x: 'x'.repeat(MAX_DATA_BYTES - 7) }, 400],
    ['nests 32 deep is taken', nested(32), 200],
    ['nests 33 deep is refused', nested(33), 400],
    ['nests 1,000 deep is refused', nested(1_000), 400],
    ["has a type of the driver's in it is refused", { a: { _bsontype: 'ObjectId' } }, 400],
    ['has a reference of MongoDB in it is refused', { a: { $ref: 'a.b', $id: 1 } }, 400],
    ['has NUL in a key is refused', { 'a\0b': 1 }, 400],
  ])('that %s', async (_, data, status) => {
    const answer = await tenant.post('/rooms', { name: 'x', options: { data } });
    expect(answer.status).toBe(status);
    if (status === 400) expectError(answer, 'INVALID_ROOM');
  });

  it('is not merged beyond 64 kB', async () => {
    const half = 'x'.repeat(MAX_DATA_BYTES / 2);
    const { json } = await tenant.post('/rooms', { name: 'x', options: { data: { a: half } } });
    const path = `/rooms/${(json as { _id: string })._id}`;
    expectError(await tenant.patch(path, { options: { data: { b: half } } }), 'INVALID_ROOM');
    expect((await tenant.get(path)).json).toMatchObject({ data: { a: half } });
  });
});

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < depth; level++) value = { v: value };
  return value;
}
