import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection } from 'mongoose';
import type { EventType } from '../../src/outbox/event-types.js';
import { Outbox } from '../../src/outbox/outbox.service.js';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { readStream } from './support/read-stream.js';

interface Page {
  items: { id: string; sequence: number; type: string; serviceId: string; data: { n?: number } }[];
  next: string;
  hasMore: boolean;
}

describe('GET /v1/events', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    other = await startTestApp({ MONGODB_URI: app.databaseUri });
  });

  afterAll(async () => {
    await Promise.all([app.close(), other.close()]);
  });

  /** Lets the instance tell of something that is no change of a document. */
  async function happen(
    from: TestApp,
    { credentials }: ApiClient,
    type: EventType,
    data: object,
    room?: Types.ObjectId,
  ): Promise<void> {
    const outbox = from.app.get(Outbox, { strict: false });
    const service = new Types.ObjectId(credentials?.serviceId);
    await outbox.add(outbox.entry(type, { service, room, data }));
  }

  async function page(client: ApiClient, query: string): Promise<Page> {
    const { status, json } = await client.get(`/v1/events?${query}`);
    expect(status).toBe(200);
    return json as Page;
  }

  /** All events of a log, once there are so many. */
  async function untilThere(client: ApiClient, count: number): Promise<Page['items']> {
    const items: Page['items'] = [];
    for (let after = '0'; items.length < count;) {
      const { items: more, next } = await page(client, `after=${after}&wait=25`);
      items.push(...more);
      after = next;
    }
    return items;
  }

  it('tells in order, without a gap, what happened on two instances', async () => {
    const tenant = await app.createTenant('acme');
    const count = 300;
    await Promise.all(
      Array.from({ length: count }, (_, n) =>
        happen(n % 2 ? app : other, tenant, 'room.updated', { n }),
      ),
    );
    const items = await untilThere(tenant, count);
    expect(items.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(new Set(items.map(({ data }) => data.n)).size).toBe(count);
    expect(new Set(items.map(({ id }) => id)).size).toBe(count);
  });

  it('pages by cursor, and by types and room', async () => {
    const tenant = await app.createTenant('pages');
    const room = new Types.ObjectId();
    await happen(app, tenant, 'room.created', { n: 1 }, room);
    await happen(app, tenant, 'token.redeemed', { n: 2 }, room);
    await happen(app, tenant, 'room.deleted', { n: 3 });
    await untilThere(tenant, 3);
    const first = await page(tenant, 'limit=2');
    expect(first.items.map(({ data }) => data.n)).toEqual([1, 2]);
    expect(first).toMatchObject({ hasMore: true, next: '2' });
    const second = await page(tenant, `after=${first.next}`);
    expect(second.items.map(({ data }) => data.n)).toEqual([3]);
    expect(second).toMatchObject({ hasMore: false, next: '3' });
    expect((await page(tenant, 'types=room.*')).items.map(({ data }) => data.n)).toEqual([1, 3]);
    expect((await page(tenant, `roomId=${room.toHexString()}`)).items).toHaveLength(2);
    expect(await page(tenant, 'after=latest')).toEqual({ items: [], next: '3', hasMore: false });
  });

  it('shows a tenant its own log alone, and the superservice all', async () => {
    const [tenant, stranger] = [await app.createTenant('own'), await app.createTenant('stranger')];
    await happen(app, tenant, 'room.created', { n: 1 });
    await untilThere(tenant, 1);
    expect((await page(stranger, '')).items).toEqual([]);
    const id = tenant.credentials?.serviceId ?? '';
    const headers = { 'nuvem-service': id };
    expectProblem(await stranger.get('/v1/events', { headers }), 'FORBIDDEN');
    const { json } = await app.superservice.get('/v1/events', { headers });
    expect((json as Page).items).toHaveLength(1);
    const all = await page(app.superservice, 'limit=1000');
    expect(all.items.some(({ serviceId }) => serviceId === id)).toBe(true);
    const node = await app.createService('nodes', 'node');
    expectProblem(await node.get('/v1/events'), 'FORBIDDEN');
  });

  it('refuses what is no query', async () => {
    const tenant = await app.createTenant('queries');
    for (const query of [
      'after=x',
      'types=nothing.*',
      'types=',
      'limit=0',
      'wait=26',
      'roomId=1',
      'after=7',
    ]) {
      expectProblem(await tenant.get(`/v1/events?${query}`), 'INVALID_REQUEST');
    }
  });

  it('tells a cursor whose events are kept no more where to go on', async () => {
    const tenant = await app.createTenant('old');
    for (const n of [1, 2, 3]) await happen(app, tenant, 'room.updated', { n });
    await untilThere(tenant, 3);
    const events = app.app.get<Connection>(getConnectionToken()).collection('events');
    const service = new Types.ObjectId(tenant.credentials?.serviceId);
    await events.deleteMany({ service, sequence: { $lte: 2 } });
    // An instance that has not followed the log, and remembers nothing of it.
    const third = await startTestApp({ MONGODB_URI: app.databaseUri });
    const there = tenant.at(third.url);
    const { json } = await there.get('/v1/events?after=1');
    expect(json).toMatchObject({ status: 410, code: 'CURSOR_EXPIRED', oldest: '2' });
    expect((await page(there, 'after=2')).items.map(({ data }) => data.n)).toEqual([3]);
    expect((await page(there, '')).items.map(({ data }) => data.n)).toEqual([3]);
    await third.close();
  });

  describe('as a stream', () => {
    it('sends what was and what happens, and resumes', async () => {
      const tenant = await app.createTenant('stream');
      await happen(app, tenant, 'room.created', { n: 1 });
      const stream = await readStream(other, tenant, '');
      expect(await stream.next()).toMatchObject({ id: '1', event: 'room.created' });
      await happen(app, tenant, 'room.deleted', { n: 2 });
      const second = await stream.next();
      expect(second).toMatchObject({ id: '2', event: 'room.deleted' });
      expect(JSON.parse(second.data)).toMatchObject({ type: 'room.deleted', data: { n: 2 } });
      await stream.close();
      const again = await readStream(app, tenant, '', { 'last-event-id': '1' });
      expect(await again.next()).toMatchObject({ id: '2' });
      await again.close();
    });

    it('ends with the process', async () => {
      const third = await startTestApp({ MONGODB_URI: app.databaseUri });
      const stream = await readStream(third, third.superservice, 'after=latest');
      await third.close();
      await expect(stream.rest()).resolves.toBe(true);
    });

    it('refuses a cursor by its status, before it begins', async () => {
      const tenant = await app.createTenant('refused');
      const headers = { accept: 'text/event-stream', 'last-event-id': 'x' };
      expectProblem(await tenant.get('/v1/events', { headers }), 'INVALID_REQUEST');
    });
  });
});
