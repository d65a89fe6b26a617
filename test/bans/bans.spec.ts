import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { BansService } from '../../src/bans/bans.service.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { recordedEvents } from '../support/recorded-events.js';
import { OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let server: TestApp;
let clock: TestClock;
let database: MongoClient;
let tenant: ApiClient;
let other: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  server = await startTestApp();
  clock = new TestClock(server.app);
  database = await MongoClient.connect(server.databaseUri);
  other = await server.createTenant('other');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  room = await createRoom();
});

afterEach(() => clock.reset());

afterAll(async () => {
  await node.close();
  await database.close();
  await server.close();
});

async function createRoom(client = tenant): Promise<string> {
  const { json } = await client.post('/v1/rooms', { name: 'room' });
  return (json as { id: string }).id;
}

const issue = (userName: string, userId?: string, id = room): Promise<Answer> => {
  const sign = { timestamp: clock.now() };
  const body = { userName, role: 'presenter', userId };
  return tenant.post(`/v1/rooms/${id}/tokens`, body, { sign });
};

async function tokenFor(userName: string, userId?: string, id = room): Promise<string> {
  const { status, json } = await issue(userName, userId, id);
  expect(status).toBe(201);
  return (json as { token: string }).token;
}

const redeem = (token: string): Promise<Answer> =>
  node.client.post('/v1/tokens/redeem', { token }, { sign: { timestamp: clock.now() } });

const roomBans = (): string => `/v1/rooms/${room}/bans`;

async function ban(path: string, body: object): Promise<{ id: string }> {
  const { status, json } = await tenant.post(path, body);
  expect(status).toBe(201);
  return json as { id: string };
}

const typesOf = async (client = tenant): Promise<string[]> =>
  (await recordedEvents(server, client)).map(({ type }) => type);

describe('a ban', () => {
  it('keeps somebody out of one room, with a token of before as well, until it is lifted', async () => {
    const token = await tokenFor('ann');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await tenant.post(roomBans(), { userName: 'ann', until, reason: 'spam' });
    expect(answer.status).toBe(201);
    const shown = { id: OBJECT_ID, roomId: room, userName: 'ann', until, reason: 'spam' };
    expect(answer.json).toEqual({ ...shown, createdAt: TIME });
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`${roomBans()}/${(answer.json as { id: string }).id}`);
    expect((await tenant.get(location)).json).toEqual(answer.json);
    const refused = await issue('ann');
    expectProblem(refused, 'BANNED');
    expect(refused.json).toMatchObject({ until });
    expectProblem(await redeem(token), 'BANNED');
    const nuve = await tenant.token(room, 'ann', 'presenter');
    expect([nuve.status, nuve.text]).toEqual([403, 'User is banned']);
    expect((await issue('ann', undefined, await createRoom())).status).toBe(201);
    expect((await issue('bob')).status).toBe(201);
    expect((await tenant.delete(location)).status).toBe(204);
    expectProblem(await tenant.get(location), 'BAN_NOT_FOUND');
    expectProblem(await tenant.delete(location), 'BAN_NOT_FOUND');
    expect((await redeem(token)).status).toBe(200);
    expect(await typesOf()).toEqual([
      'ban.created',
      'token.refused',
      'ban.lifted',
      'token.redeemed',
    ]);
    const [created] = await recordedEvents(server, tenant);
    expect(created?.data).toEqual({ ban: answer.json });
  });

  it('of the whole tenant holds in each of its rooms, and in no other', async () => {
    const token = await tokenFor('ann', 'u-1');
    const { id } = await ban('/v1/bans', { userId: 'u-1' });
    expectProblem(await redeem(token), 'BANNED');
    expectProblem(await issue('whoever', 'u-1', await createRoom()), 'BANNED');
    expect((await issue('ann', 'u-2')).status).toBe(201);
    expect((await issue('u-1')).status).toBe(201);
    const theirs = `/v1/rooms/${await createRoom(other)}/tokens`;
    const body = { userName: 'ann', userId: 'u-1', role: 'presenter' };
    expect((await other.post(theirs, body)).status).toBe(201);
    expect((await tenant.get(`/v1/bans/${id}`)).json).toMatchObject({ id, userId: 'u-1' });
    expect((await tenant.delete(`/v1/bans/${id}`)).status).toBe(204);
    expect((await redeem(token)).status).toBe(200);
  });

  it('takes other terms when it is made again, and is one', async () => {
    const first = await ban(roomBans(), { userName: 'ann', reason: 'spam' });
    expect(await ban(roomBans(), { userName: 'ann', reason: 'spam' })).toEqual(first);
    expect(await typesOf()).toEqual(['ban.created']);
    const until = new Date(Date.now() + 60_000).toISOString();
    const second = await ban(roomBans(), { userName: 'ann', until });
    const { reason: _, ...rest } = first as { id: string; reason: string };
    expect(second).toEqual({ ...rest, until });
    const { json } = await tenant.get(roomBans());
    expect(json).toEqual({ items: [second], next: null });
    const events = await recordedEvents(server, tenant);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['ban.created', { ban: first }],
      ['ban.created', { ban: second }],
    ]);
  });

  it('ends by its time, and its document some time later', async () => {
    const token = await tokenFor('ann');
    const until = new Date(Date.now() + 60_000).toISOString();
    const { id } = await ban(roomBans(), { userName: 'ann', until });
    expectProblem(await redeem(token), 'BANNED');
    clock.advance(60_001);
    const sign = { timestamp: clock.now() };
    expect((await redeem(token)).status).toBe(200);
    expect((await tenant.get(roomBans(), { sign })).json).toEqual({ items: [], next: null });
    expectProblem(await tenant.get(`${roomBans()}/${id}`, { sign }), 'BAN_NOT_FOUND');
    const bans = database.db().collection('bans');
    const stored = await bans.findOne({ _id: new ObjectId(id) });
    expect(Number(stored?.['expiresAt'])).toBeGreaterThanOrEqual(Date.parse(until) + 3_600_000);
  });

  it('is listed by pages, of the room or of the tenant', async () => {
    const made: object[] = [];
    for (let count = 0; count < 5; count++) {
      made.push(await ban(roomBans(), { userName: `user ${count}` }));
    }
    const whole = await ban('/v1/bans', { userId: 'u-1' });
    const listed: object[] = [];
    for (let next: string | null = ''; next !== null;) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const { json } = await tenant.get(`${roomBans()}?limit=2${cursor}`);
      const page = json as { items: object[]; next: string | null };
      listed.push(...page.items);
      next = page.next;
    }
    expect(listed).toEqual(made);
    expect((await tenant.get('/v1/bans')).json).toEqual({ items: [whole], next: null });
    expect((await other.get('/v1/bans')).json).toEqual({ items: [], next: null });
  });

  it("is none of another tenant's, nor of another room's", async () => {
    const { id } = await ban(roomBans(), { userName: 'ann' });
    const { id: whole } = await ban('/v1/bans', { userName: 'ann' });
    expectProblem(await other.post(roomBans(), { userName: 'ann' }), 'ROOM_NOT_FOUND');
    expectProblem(await other.get(roomBans()), 'ROOM_NOT_FOUND');
    expectProblem(await other.delete(`${roomBans()}/${id}`), 'ROOM_NOT_FOUND');
    expectProblem(await other.delete(`/v1/bans/${whole}`), 'BAN_NOT_FOUND');
    expectProblem(await tenant.delete(`/v1/bans/${id}`), 'BAN_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${await createRoom()}/bans/${id}`), 'BAN_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/bans/${UNKNOWN_ID}`), 'BAN_NOT_FOUND');
    expectProblem(await tenant.get('/v1/bans/x'), 'BAN_NOT_FOUND');
    expectProblem(await node.client.get('/v1/bans'), 'FORBIDDEN');
  });

  it.each([
    ['nobody', {}],
    ['a name and an id', { userName: 'ann', userId: 'u-1' }],
    ['an operator', { userName: { $gt: '' } }],
    ['an end that is past', { userName: 'ann', until: '2020-01-01T00:00:00Z' }],
    ['a reason of 513 characters', { userName: 'ann', reason: 'x'.repeat(513) }],
  ])('is refused of %s', async (_, body) => {
    expectProblem(await tenant.post('/v1/bans', body), 'INVALID_REQUEST');
  });

  it('takes the longest names, and names with any characters', async () => {
    for (const userName of ['😀'.repeat(256), '$gt', 'a.b:name:c', 'id']) {
      const token = await tokenFor(userName);
      await ban(roomBans(), { userName });
      expectProblem(await redeem(token), 'BANNED');
    }
    expect((await issue('name')).status).toBe(201);
  });

  it('tells those who listen, once it is in force', async () => {
    const told: unknown[] = [];
    server.app.get(BansService, { strict: false }).onBanned(async ({ room: where, userName }) => {
      told.push([where?.toHexString(), userName, (await issue('ann')).status]);
    });
    await ban(roomBans(), { userName: 'ann' });
    expect(told).toEqual([[room, 'ann', 403]]);
  });

  it('goes with its room, and with its tenant', async () => {
    const bans = database.db().collection('bans');
    const service = new ObjectId(tenant.credentials?.serviceId);
    await ban(roomBans(), { userName: 'ann' });
    await ban('/v1/bans', { userName: 'ann' });
    await tenant.delete(`/v1/rooms/${room}`);
    expect(await bans.countDocuments({ service })).toBe(1);
    await server.superservice.delete(`/v1/services/${service.toHexString()}`);
    expect(await bans.countDocuments({ service })).toBe(0);
  });
});

describe('bans are bounded', () => {
  /** Fills places, as so many bans would have. */
  async function fill(count: number, of: (slot: number) => object): Promise<void> {
    const service = new ObjectId(tenant.credentials?.serviceId);
    const bans = Array.from({ length: count }, (_, slot) => ({
      service,
      slot,
      createdAt: new Date(),
      key: `filled ${service.toHexString()} ${slot}`,
      ...of(slot),
    }));
    await database.db().collection('bans').insertMany(bans);
  }

  async function makeFive(path: string): Promise<number[]> {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(names.map((userName) => tenant.post(path, { userName })));
    for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 'TOO_MANY_BANS');
    return answers.map(({ status }) => status).sort((a, b) => a - b);
  }

  it('by 1,000 a room, however many are made at once', async () => {
    await fill(998, (roomSlot) => ({ room: new ObjectId(room), roomSlot }));
    expect(await makeFive(roomBans())).toEqual([201, 201, 409, 409, 409]);
    expect(await makeFive(`/v1/rooms/${await createRoom()}/bans`)).toEqual(Array(5).fill(201));
  });

  it('by 10,000 a tenant, and a lifted one leaves its place', async () => {
    await fill(9_998, () => ({}));
    expect(await makeFive('/v1/bans')).toEqual([201, 201, 409, 409, 409]);
    expectProblem(await tenant.post(roomBans(), { userName: 'x' }), 'TOO_MANY_BANS');
    const { json } = await tenant.get('/v1/bans?limit=1');
    const [first] = (json as { items: { id: string }[] }).items;
    expect((await tenant.delete(`/v1/bans/${first?.id}`)).status).toBe(204);
    expect((await tenant.post(roomBans(), { userName: 'x' })).status).toBe(201);
  });
});
