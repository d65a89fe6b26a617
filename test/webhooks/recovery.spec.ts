import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId, type Db } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Receiver } from './support/receiver.js';
import {
  createWebhook,
  deliveriesOf,
  eventually,
  happen,
  happenOften,
  readWebhook,
} from './support/webhook-app.js';

let server: TestApp;
let client: MongoClient;
let db: Db;
let tenant: ApiClient;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestApp();
  client = await MongoClient.connect(server.databaseUri);
  db = client.db();
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  receiver = await Receiver.start();
});

afterEach(() => receiver.close());

afterAll(async () => {
  await client.close();
  await server.close();
});

/** Events are kept no longer, up to that one. */
async function forgetEvents(upTo: number): Promise<void> {
  const service = new ObjectId(tenant.credentials?.serviceId);
  await db.collection('events').deleteMany({ service, sequence: { $lte: upTo } });
}

/** Memory has the last thousand events of all services, also where the database has them no longer. */
async function floodMemory(): Promise<void> {
  const other = await server.createTenant('other');
  await happenOften(server, other, 1_100);
  await eventually(
    async () => (await other.get('/v1/events?after=1099')).json as { items?: unknown[] },
    ({ items }) => items?.length === 1,
  );
}

const delivered = (id: string, count: number): Promise<unknown> =>
  eventually(
    () => deliveriesOf(tenant, id, '?status=delivered&limit=1000'),
    ({ length }) => length === count,
  );

describe('deliveries', () => {
  it('are listed by pages, the newest event first, and by what became of them', async () => {
    receiver.respond = ({ event }) => (event.sequence % 3 === 0 ? 500 : 204);
    const { id } = await createWebhook(tenant, receiver.url);
    await happenOften(server, tenant, 9);
    const all = await eventually(
      () => deliveriesOf(tenant, id),
      ({ length }) => length === 9,
    );
    expect(all.map(({ sequence }) => sequence)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(all[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      eventId: expect.stringMatching(/^evt_[0-9a-f]{24}$/),
      type: 'room.updated',
      sequence: 8,
      status: 'delivered',
      attempts: [{ at: expect.any(String), status: 204, durationMs: expect.any(Number) }],
    });
    const pending = await deliveriesOf(tenant, id, '?status=pending');
    expect(pending.map(({ sequence }) => sequence)).toEqual([9, 6, 3]);
    const first = (await tenant.get(`/v1/webhooks/${id}/deliveries?limit=4`)).json as {
      next: string;
    };
    const second = await deliveriesOf(tenant, id, `?limit=4&cursor=${first.next}`);
    expect(second.map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2]);
    for (const [field, query] of [
      ['status', 'status=lost'],
      ['cursor', 'cursor=x'],
      ['limit', 'limit=0'],
    ] as const) {
      const answer = await tenant.get(`/v1/webhooks/${id}/deliveries?${query}`);
      expectProblem(answer, 'INVALID_REQUEST', field);
    }
  });

  it('are made once more when that is asked for, also of what was delivered', async () => {
    const { id } = await createWebhook(tenant, receiver.url);
    const eventId = await happen(server, tenant);
    await delivered(id, 1);
    const [delivery] = await deliveriesOf(tenant, id);
    const path = `/v1/webhooks/${id}/deliveries/${delivery?.id}/redeliver`;
    const answer = await tenant.post(path);
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ id: delivery?.id, eventId, status: 'pending' });
    await receiver.first(2);
    expect(receiver.ids).toEqual([eventId, eventId]);
    const [again] = await eventually(
      () => deliveriesOf(tenant, id),
      ([each]) => each?.status === 'delivered',
    );
    expect(again?.attempts).toHaveLength(2);
  });

  it('fail for good where the event is kept no longer', async () => {
    receiver.respond = () => 500;
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    const [delivery] = await eventually(
      () => deliveriesOf(tenant, id, '?status=pending'),
      ({ length }) => length === 1,
    );
    await forgetEvents(1);
    await floodMemory();
    await tenant.post(`/v1/webhooks/${id}/deliveries/${delivery?.id}/redeliver`);
    const [failed] = await eventually(
      () => deliveriesOf(tenant, id, '?status=failed'),
      ({ length }) => length === 1,
    );
    expect(failed).not.toHaveProperty('nextAttemptAt');
  });
});

describe('a recovery', () => {
  it('sends all once more that came after a cursor', async () => {
    const { id } = await createWebhook(tenant, receiver.url);
    const ids = await happenOften(server, tenant, 30);
    await receiver.first(30);
    await eventually(
      () => db.collection('webhooks').findOne({ _id: new ObjectId(id) }),
      (webhook) => webhook?.['cursor'] === 30,
    );
    const answer = await tenant.post(`/v1/webhooks/${id}/recover`, { after: '10' });
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ after: '10', upTo: '30' });
    await receiver.first(50);
    const again = receiver.received.slice(30).map(({ event }) => event.sequence);
    expect(again.sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 11),
    );
    await eventually(
      () => readWebhook(tenant, id),
      ({ recoveringUpTo }) => recoveringUpTo === undefined,
    );
    const later = await happen(server, tenant);
    await receiver.first(51);
    expect(new Set(receiver.ids)).toEqual(new Set([...ids, later]));
    expect(receiver.received).toHaveLength(51);
  });

  it('that is asked for during another sends what was left of that one as well', async () => {
    const { id } = await createWebhook(tenant, receiver.url);
    await happenOften(server, tenant, 30);
    await receiver.first(30);
    await eventually(
      () => db.collection('webhooks').findOne({ _id: new ObjectId(id) }),
      (webhook) => webhook?.['cursor'] === 30,
    );
    let answer = (): void => undefined;
    const held = new Promise<number>((resolve) => (answer = () => resolve(204)));
    receiver.respond = () => held;
    await tenant.post(`/v1/webhooks/${id}/recover`, { after: '10' });
    await receiver.first(31);
    expect((await tenant.post(`/v1/webhooks/${id}/recover`, { after: '28' })).status).toBe(202);
    receiver.respond = () => 204;
    answer();
    await eventually(
      () => readWebhook(tenant, id),
      ({ recoveringUpTo }) => recoveringUpTo === undefined,
    );
    const again = new Set(receiver.received.slice(30).map(({ event }) => event.sequence));
    expect([...again].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 11),
    );
  });

  it('is refused for a cursor that the log has not given, or whose events are kept no longer', async () => {
    const { id } = await createWebhook(tenant, receiver.url);
    await happenOften(server, tenant, 3);
    await receiver.first(3);
    const recover = (after: unknown) => tenant.post(`/v1/webhooks/${id}/recover`, { after });
    expectProblem(await recover('4'), 'INVALID_REQUEST', 'after');
    for (const after of ['-1', 'x', 1, undefined]) {
      expectProblem(await recover(after), 'INVALID_REQUEST', 'after');
    }
    await forgetEvents(2);
    const other = await startTestApp({ MONGODB_URI: server.databaseUri });
    const elsewhere = tenant.at(other.url);
    const expired = await elsewhere.post(`/v1/webhooks/${id}/recover`, { after: '1' });
    expectProblem(expired, 'CURSOR_EXPIRED');
    expect(expired.json).toMatchObject({ oldest: '2' });
    await other.close();
  });
});

it('a webhook whose next events are kept no longer goes on with the oldest, and says so', async () => {
  const { id } = await createWebhook(tenant, receiver.url, { enabled: false });
  await happenOften(server, tenant, 5);
  await eventually(
    async () => (await tenant.get('/v1/events')).json as { items: unknown[] },
    ({ items }) => items.length === 5,
  );
  await forgetEvents(3);
  await floodMemory();
  await tenant.patch(`/v1/webhooks/${id}`, { enabled: true });
  await receiver.first(2);
  const { missed } = await eventually(
    () => readWebhook(tenant, id),
    (webhook) => webhook.missed !== undefined,
  );
  expect(missed).toEqual({ from: 1, to: 3, at: expect.any(String) });
});
