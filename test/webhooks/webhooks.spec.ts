import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Receiver, verify } from './support/receiver.js';
import { createWebhook, eventually, happen, idOf, type Webhook } from './support/webhook-app.js';

const URL = 'https://example.com/hook';
const ID = expect.stringMatching(/^[0-9a-f]{24}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
const SECRET = expect.stringMatching(/^whsec_[\w+/]{43}=$/);

let server: TestApp;
let tenant: ApiClient;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestApp();
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  receiver = await Receiver.start();
});

afterEach(() => receiver.close());
afterAll(() => server.close());

async function list(client: ApiClient): Promise<Webhook[]> {
  return ((await client.get('/v1/webhooks')).json as { items: Webhook[] }).items;
}

describe('a webhook', () => {
  it('is made with a secret that is shown this once', async () => {
    const answer = await tenant.post('/v1/webhooks', { url: URL });
    const { secret, ...shown } = answer.json as Webhook & { secret: string };
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"0"');
    expect(answer.headers.get('location')).toBe(`/v1/webhooks/${shown.id}`);
    expect(secret).toEqual(SECRET);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    expect(shown).toEqual({
      id: ID,
      url: URL,
      types: ['*'],
      enabled: true,
      createdAt: TIME,
      updatedAt: shown.createdAt,
    });
    expect((await tenant.get(`/v1/webhooks/${shown.id}`)).json).toEqual(shown);
    expect(await list(tenant)).toEqual([shown]);
  });

  it('keeps its secret sealed in the database', async () => {
    const { id, secret } = await createWebhook(tenant, URL);
    const client = await MongoClient.connect(server.databaseUri);
    const stored = await client
      .db()
      .collection('webhooks')
      .findOne({ _id: new ObjectId(id) });
    await client.close();
    expect(stored).toMatchObject({ url: URL });
    expect(JSON.stringify(stored)).not.toContain(secret.slice(6));
  });

  it('is changed, with null for what is taken away, by who has read it last', async () => {
    const rooms = [UNKNOWN_ID];
    const made = await createWebhook(tenant, URL, { rooms, description: 'a', types: ['room.*'] });
    const path = `/v1/webhooks/${made.id}`;
    const body = { rooms: null, description: null, types: ['token.redeemed'], enabled: false };
    const changed = await tenant.patch(path, body, { headers: { 'if-match': '"0"' } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"1"');
    expect(changed.json).toEqual({
      id: made.id,
      url: URL,
      types: ['token.redeemed'],
      enabled: false,
      createdAt: made.createdAt,
      updatedAt: TIME,
    });
    const late = { headers: { 'if-match': '"0"' } };
    expectProblem(await tenant.patch(path, { description: 'b' }, late), 'PRECONDITION_FAILED');
    expectProblem(await tenant.delete(path, late), 'PRECONDITION_FAILED');
    const unchanged = await tenant.get(path, { headers: { 'if-none-match': '"1"' } });
    expect(unchanged.status).toBe(304);
    expect((await tenant.delete(path, { headers: { 'if-match': '"1"' } })).status).toBe(204);
    expectProblem(await tenant.get(path), 'WEBHOOK_NOT_FOUND');
    expectProblem(await tenant.delete(path), 'WEBHOOK_NOT_FOUND');
  });

  it.each([
    ['url', { url: undefined }],
    ['url', { url: 'ftp://example.com' }],
    ['url', { url: 'http://example.com/hook' }],
    ['url', { url: 'https://user:secret@example.com/hook' }],
    ['url', { url: 'https://example.com/hook#part' }],
    ['url', { url: 'https://10.0.0.7/hook' }],
    ['url', { url: 'https://169.254.169.254/latest' }],
    ['url', { url: 'https://[::1]/hook' }],
    ['url', { url: 'https://[::ffff:10.0.0.7]/hook' }],
    ['url', { url: 'https://0x0a.7/hook' }],
    ['url', { url: 'http://8.8.8.8/hook' }],
    ['url', { url: `https://example.com/${'x'.repeat(2048)}` }],
    ['types', { types: [] }],
    ['types', { types: ['room'] }],
    ['types', { types: ['room.nothing'] }],
    ['types', { types: ['roo*'] }],
    ['types', { types: 'room.*' }],
    ['rooms', { rooms: [] }],
    ['rooms', { rooms: ['x'] }],
    ['rooms', { rooms: Array.from({ length: 101 }, () => new ObjectId().toHexString()) }],
    ['description', { description: 'x'.repeat(257) }],
    ['enabled', { enabled: 'yes' }],
    ['secret', { secret: 'whsec_x' }],
  ])('is refused for its %s: %j', async (field, wrong) => {
    expectProblem(
      await tenant.post('/v1/webhooks', { url: URL, ...wrong }),
      'INVALID_REQUEST',
      field,
    );
    expect(await list(tenant)).toEqual([]);
    if (Object.values(wrong)[0] === undefined) return;
    const { id } = await createWebhook(tenant, URL);
    expectProblem(await tenant.patch(`/v1/webhooks/${id}`, wrong), 'INVALID_REQUEST', field);
  });

  it('is one of twenty at most, however many are made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => tenant.post('/v1/webhooks', { url: URL })),
    );
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(made).toHaveLength(20);
    for (const answer of refused) expectProblem(answer, 'WEBHOOK_LIMIT');
    const [first] = made;
    await tenant.delete(`/v1/webhooks/${first ? idOf(first) : ''}`);
    expect((await tenant.post('/v1/webhooks', { url: URL })).status).toBe(201);
    expectProblem(await tenant.post('/v1/webhooks', { url: URL }), 'WEBHOOK_LIMIT');
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `?limit=8${cursor && `&cursor=${cursor}`}`;
      const { json } = await tenant.get(`/v1/webhooks${query}`);
      const page = json as { items: Webhook[]; next: string | null };
      pages.push(page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(pages.map(({ length }) => length)).toEqual([8, 8, 4]);
    expect(new Set(pages.flat()).size).toBe(20);
  });

  it('is made once for one Idempotency-Key, and answered with the same secret', async () => {
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = [
      await tenant.post('/v1/webhooks', { url: URL }, { headers }),
      await tenant.post('/v1/webhooks', { url: URL }, { headers }),
    ];
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const path = `/v1/webhooks/${idOf(first)}/rotate-secret`;
    const rotated = await tenant.post(path, undefined, { headers: { 'idempotency-key': 'two' } });
    const again = await tenant.post(path, undefined, { headers: { 'idempotency-key': 'two' } });
    expect(again.json).toEqual(rotated.json);
    expect(await list(tenant)).toHaveLength(1);
  });

  it("is its service's alone, and none of a node's", async () => {
    const { id } = await createWebhook(tenant, URL);
    const [other, node] = [
      await server.createTenant('other'),
      await server.createService('node', 'node'),
    ];
    const { superservice } = server;
    for (const client of [other, superservice]) {
      expect(await list(client)).toEqual([]);
      for (const [method, path, body] of [
        ['GET', ''],
        ['PATCH', '', {}],
        ['DELETE', ''],
        ['GET', '/deliveries'],
        ['POST', '/rotate-secret'],
        ['POST', '/test'],
        ['POST', '/recover', { after: '0' }],
        ['POST', `/deliveries/${UNKNOWN_ID}/redeliver`],
      ] as const) {
        const answer = await client.call(method, `/v1/webhooks/${id}${path}`, { body });
        expectProblem(answer, 'WEBHOOK_NOT_FOUND');
      }
    }
    expectProblem(await node.get('/v1/webhooks'), 'FORBIDDEN');
    expectProblem(await node.post('/v1/webhooks', { url: URL }), 'FORBIDDEN');
    expectProblem(await tenant.get('/v1/webhooks/x'), 'WEBHOOK_NOT_FOUND');
    const missing = `/v1/webhooks/${id}/deliveries/${UNKNOWN_ID}/redeliver`;
    expectProblem(await tenant.post(missing), 'DELIVERY_NOT_FOUND');
  });

  it("of the superservice is sent its own log's events", async () => {
    const { superservice } = server;
    const { id, secret } = await createWebhook(superservice, receiver.url, { types: ['node.*'] });
    await happen(server, tenant, { type: 'node.lost' });
    const own = await happen(server, superservice, { type: 'node.lost' });
    const [received] = await receiver.first(1);
    expect(receiver.ids).toEqual([own]);
    if (received) verify(received, secret);
    await superservice.delete(`/v1/webhooks/${id}`);
  });

  it('goes with its service, and so does what became of its events', async () => {
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    await receiver.first(1);
    const client = await MongoClient.connect(server.databaseUri);
    const counts = (): Promise<number[]> =>
      Promise.all([
        client
          .db()
          .collection('webhooks')
          .countDocuments({ _id: new ObjectId(id) }),
        client
          .db()
          .collection('webhookDeliveries')
          .countDocuments({ webhook: new ObjectId(id) }),
      ]);
    await eventually(counts, ([, deliveries]) => deliveries === 1);
    await server.superservice.delete(`/v1/services/${tenant.credentials?.serviceId}`);
    expect(await counts()).toEqual([0, 0]);
    await client.close();
  });
});

describe('a secret', () => {
  it('that is replaced signs beside the new one for a while', async () => {
    const { id, secret } = await createWebhook(tenant, receiver.url);
    const path = `/v1/webhooks/${id}/rotate-secret`;
    const rotated = await tenant.post(path, { overlapSeconds: 3600 });
    expect(rotated.status).toBe(200);
    const { secret: next } = rotated.json as { secret: string };
    expect(next).toEqual(SECRET);
    expect(next).not.toBe(secret);
    await happen(server, tenant);
    const [both] = await receiver.first(1);
    if (!both) throw new Error('Nothing was received');
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
    verify(both, secret);
    verify(both, next);

    const { secret: last } = (await tenant.post(path, { overlapSeconds: 0 })).json as {
      secret: string;
    };
    // None of those before is good for longer than the one before.
    await happen(server, tenant);
    const [, third] = await receiver.first(2);
    if (!third) throw new Error('Nothing was received');
    verify(third, last);
    for (const before of [secret, next]) {
      expect(() => verify(third, before)).toThrow('No matching signature');
    }
  });

  it.each([-1, 604_801, 1.5, '60'])(
    'is not replaced with an overlap of %j',
    async (overlapSeconds) => {
      const { id } = await createWebhook(tenant, URL);
      const answer = await tenant.post(`/v1/webhooks/${id}/rotate-secret`, { overlapSeconds });
      expectProblem(answer, 'INVALID_REQUEST', 'overlapSeconds');
    },
  );
});

describe('a test', () => {
  it('sends an event that is in no log, and answers what came of it', async () => {
    const { id, secret, url } = await createWebhook(tenant, receiver.url, { enabled: false });
    const answer = await tenant.post(`/v1/webhooks/${id}/test`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ delivered: true, status: 204, durationMs: expect.any(Number) });
    const [received] = await receiver.first(1);
    if (!received) throw new Error('Nothing was received');
    expect(verify(received, secret)).toEqual({
      id: received.headers['webhook-id'],
      type: 'webhook.test',
      timestamp: TIME,
      serviceId: tenant.credentials?.serviceId,
      data: { webhook: { id, url } },
    });
    expect((await tenant.get('/v1/events')).json).toMatchObject({ items: [] });
    receiver.respond = () => 500;
    expect((await tenant.post(`/v1/webhooks/${id}/test`)).json).toEqual({
      delivered: false,
      status: 500,
      durationMs: expect.any(Number),
      error: 'refused',
    });
  });
});

describe('a webhook that is switched off', () => {
  it('is sent nothing until it is switched on, and then what has happened since', async () => {
    const { id } = await createWebhook(tenant, receiver.url, { enabled: false });
    const first = await happen(server, tenant);
    await eventually(
      async () => (await tenant.get('/v1/events')).json as { items: unknown[] },
      ({ items }) => items.length === 1,
    );
    expect(receiver.received).toEqual([]);
    await tenant.patch(`/v1/webhooks/${id}`, { enabled: true });
    await receiver.first(1);
    expect(receiver.ids).toEqual([first]);
  });

  it('is sent elsewhere once its address is changed', async () => {
    const other = await Receiver.start();
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    await receiver.first(1);
    await tenant.patch(`/v1/webhooks/${id}`, { url: other.url });
    const last = await eventually(
      () => happen(server, tenant),
      () => other.received.length > 0,
    );
    await other.until((received) => received.some(({ event }) => event.id === last));
    expect(receiver.ids).not.toContain(last);
    await other.close();
  });
});
