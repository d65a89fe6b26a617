import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { expectError, expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROOMS = 120;

let server: TestApp;
let tenant: ApiClient;
let all: { _id: string; name: string }[];

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  const other = await server.createService('other');
  await other.post('/rooms', { name: 'foreign' });
  all = [];
  for (let index = 0; index < ROOMS; index++) {
    const { json } = await tenant.post('/rooms', { name: `room ${index % 3}` });
    all.push(json as { _id: string; name: string });
  }
});

afterAll(() => server.close());

describe('GET /rooms', () => {
  it('lists all rooms of the tenant and nobody else’s, oldest first', async () => {
    const answer = await tenant.get('/rooms');
    expectJson(answer, all);
    expect(answer.headers.get('link')).toBeNull();
    expect(answer.headers.get('x-next-cursor')).toBeNull();
  });

  it('pages, with a link to each next page, to the end', async () => {
    const pages: unknown[][] = [];
    for (let path: string | undefined = '/rooms?limit=50'; path;) {
      const { status, json, headers } = await tenant.get(path);
      expect(status).toBe(200);
      const page = json as { _id: string }[];
      pages.push(page);
      const next = /^<(\?limit=50&cursor=[0-9a-f]{24})>; rel="next"$/.exec(
        headers.get('link') ?? '',
      )?.[1];
      expect(headers.get('x-next-cursor')).toBe(next ? page.at(-1)?._id : null);
      path = next && `/rooms${next}`;
    }
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(pages.flat()).toEqual(all);
  });

  it('gives 50 where no limit is given, and 1,000 at most', async () => {
    expectJson(await tenant.get(`/rooms?cursor=${all[0]?._id}`), all.slice(1, 51));
    const whole = await tenant.get(`/rooms?limit=${ROOMS}`);
    expectJson(whole, all);
    expect(whole.headers.get('link')).toBeNull();
    expectJson(await tenant.get('/rooms?limit=1000'), all);
    expectError(await tenant.get('/rooms?limit=1001'), 'INVALID_REQUEST');
  });

  it('finds rooms by their exact name, and keeps the name from page to page', async () => {
    const named = all.filter(({ name }) => name === 'room 1');
    const first = await tenant.get('/rooms?name=room%201&limit=30');
    expectJson(first, named.slice(0, 30));
    const next = `?limit=30&cursor=${named[29]?._id}&name=room+1`;
    expect(first.headers.get('link')).toBe(`<${next}>; rel="next"`);
    const second = await tenant.get(`/rooms${next}`);
    expectJson(second, named.slice(30));
    expect(second.headers.get('link')).toBeNull();
    expectJson(await tenant.get('/rooms?name=room'), []);
    expectJson(await tenant.get('/rooms?name[$ne]=x&limit=1'), all.slice(0, 1));
  });

  it('goes on after a room that is gone, and ends after the last', async () => {
    expectJson(await tenant.get(`/rooms?cursor=${'f'.repeat(24)}`), []);
    expectJson(await tenant.get(`/rooms?limit=2&cursor=${'0'.repeat(24)}`), all.slice(0, 2));
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=1.5',
    'limit=many',
    'limit=',
    'limit=1&limit=2',
    'cursor=abc',
    'cursor=',
    `cursor=${UNKNOWN_ID}&cursor=${UNKNOWN_ID}`,
    'name=',
    'name=a&name=b',
    `name=${'x'.repeat(257)}`,
  ])('refuses ?%s', async (query) => {
    expectError(await tenant.get(`/rooms?${query}`), 'INVALID_REQUEST');
  });

  it('streams a list larger than a request may be, whole', async () => {
    const big = await server.createService('big');
    const data = { filler: 'x'.repeat(10_000) };
    const service = new ObjectId(big.credentials?.serviceId);
    const rooms = Array.from({ length: 400 }, (_, index) => ({
      _id: new ObjectId(),
      name: `big ${index}`,
      data,
      service,
      createdAt: new Date(),
    }));
    const client = await MongoClient.connect(server.databaseUri);
    await client.db().collection('rooms').insertMany(rooms);
    await client.close();
    expectJson(
      await big.get('/rooms'),
      rooms.map(({ _id, name }) => ({ _id: _id.toHexString(), name, data })),
    );
  });
});
