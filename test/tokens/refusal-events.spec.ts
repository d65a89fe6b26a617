import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { encodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { recordedEvents } from '../support/recorded-events.js';
import { OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, TOKEN_KEY, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

let server: TestApp;
let clock: TestClock;
let tenant: ApiClient;
let node: FakeNode;
let room: string;
let path: string;

beforeAll(async () => {
  server = await startTestApp();
  clock = new TestClock(server.app);
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  await createRoom();
});

afterEach(() => clock.reset());

afterAll(async () => {
  await node.close();
  await server.close();
});

async function createRoom(settings: object = {}): Promise<void> {
  const { json } = await tenant.post('/v1/rooms', { name: 'room', ...settings });
  room = (json as { id: string }).id;
  path = `/v1/rooms/${room}`;
}

async function issue(request: object = {}): Promise<{ id: string; token: string }> {
  const body = { userName: 'ann', role: 'presenter', ...request };
  const { status, json } = await tenant.post(`${path}/tokens`, body);
  expect(status).toBe(201);
  return json as { id: string; token: string };
}

const redeem = (token: string, client = node.client): Promise<Answer> =>
  client.post('/v1/tokens/redeem', { token }, { sign: { timestamp: clock.now() } });

/** The reasons of the refusals that the tenant was told of, in their order. */
async function reasons(): Promise<unknown[]> {
  const events = await recordedEvents(server, tenant);
  return events.filter(({ type }) => type === 'token.refused').map(({ data }) => data['reason']);
}

describe('the event of a refusal', () => {
  it('says that the token has expired', async () => {
    const { id, token } = await issue({ ttlSeconds: 5, userId: 'u', metadata: { $a: 1 } });
    clock.advance(5_001);
    expectProblem(await redeem(token), 'TOKEN_EXPIRED');
    const [event] = await recordedEvents(server, tenant);
    expect(event).toEqual({
      id: OBJECT_ID,
      type: 'token.refused',
      at: expect.any(Date),
      data: {
        token: {
          id,
          roomId: room,
          userName: 'ann',
          role: 'presenter',
          userId: 'u',
          metadata: { $a: 1 },
          nodeId: node.id,
          createdAt: expect.any(String),
          expiresAt: expect.any(String),
        },
        reason: 'expired',
      },
    });
  });

  it('says that it was used, and once, however often it is shown', async () => {
    const { token } = await issue();
    expect((await redeem(token)).status).toBe(200);
    for (let time = 0; time < 3; time++) {
      expectProblem(await redeem(token, server.superservice), 'TOKEN_USED');
    }
    expect(await reasons()).toEqual(['used']);
  });

  it('says that it was revoked', async () => {
    const { id, token } = await issue();
    expect((await tenant.delete(`${path}/tokens/${id}`)).status).toBe(204);
    expectProblem(await redeem(token), 'TOKEN_REVOKED');
    expect(await reasons()).toEqual(['revoked']);
  });

  it('says that the participant is banned', async () => {
    const { token } = await issue();
    expect((await tenant.post(`${path}/bans`, { userName: 'ann' })).status).toBe(201);
    expectProblem(await redeem(token), 'BANNED');
    expect(await reasons()).toEqual(['banned']);
  });

  it('says that there is no room any more', async () => {
    const { token } = await issue();
    expect((await tenant.delete(path)).status).toBe(204);
    expectProblem(await redeem(token), 'ROOM_NOT_FOUND');
    expect(await reasons()).toEqual(['room_closed']);
  });

  it('says that the room is full', async () => {
    await createRoom({ maxParticipants: 1 });
    const [{ token: first }, { token: second }] = [await issue(), await issue({ userName: 'bob' })];
    expect((await redeem(first)).status).toBe(200);
    expectProblem(await redeem(second), 'ROOM_FULL');
    expect(await reasons()).toEqual(['full']);
  });

  it('says that it is too early, and the answer when it will not be', async () => {
    const notBefore = new Date(clock.now() + 60_000).toISOString();
    const { token } = await issue({ notBefore });
    const answer = await redeem(token);
    expectProblem(answer, 'TOKEN_NOT_YET_VALID');
    expect(answer.json).toMatchObject({ notBefore });
    expect(await reasons()).toEqual(['not_yet_valid']);
    clock.advance(60_001);
    expect((await redeem(token)).status).toBe(200);
  });

  it('says that somebody is in the room already', async () => {
    await createRoom({ duplicateUser: 'refuse' });
    const [{ token: first }, { token: second }] = [await issue(), await issue()];
    expect((await redeem(first)).status).toBe(200);
    expectProblem(await redeem(second), 'DUPLICATE_USER');
    expect(await reasons()).toEqual(['duplicate']);
  });

  it('says that the room has left the node', async () => {
    const { token } = await issue();
    const database = await MongoClient.connect(server.databaseUri);
    await database
      .db()
      .collection('rooms')
      .updateOne({ _id: new ObjectId(room) }, { $set: { erizoControllerId: new ObjectId() } });
    await database.close();
    expectProblem(await redeem(token), 'TOKEN_STALE');
    expect(await reasons()).toEqual(['stale']);
  });

  it('is none for a token that nobody knows, and for a tenant without a log', async () => {
    const unknown = encodeToken(UNKNOWN_ID, '192.0.2.2:8080', false, TOKEN_KEY);
    expectProblem(await redeem(unknown), 'TOKEN_NOT_FOUND');
    expect(await reasons()).toEqual([]);
    tenant = await server.createService('quiet');
    await createRoom();
    const { token } = await issue();
    expect((await redeem(token)).status).toBe(200);
    expectProblem(await redeem(token, server.superservice), 'TOKEN_USED');
    expect(await recordedEvents(server, tenant)).toEqual([]);
  });
});

describe('the event of an issued token', () => {
  it('is written for tenants that ask for it alone', async () => {
    await issue();
    expect(await recordedEvents(server, tenant)).toEqual([]);
    tenant = await server.createTenant('all', { eventLog: 'all' });
    await createRoom();
    const { id, token } = await issue({ metadata: { a: 1 } });
    expect((await redeem(token)).status).toBe(200);
    const events = await recordedEvents(server, tenant);
    expect(events.map(({ type }) => type)).toEqual(['token.issued', 'token.redeemed']);
    for (const { data } of events)
      expect(data).toMatchObject({ token: { id, metadata: { a: 1 } } });
  });
});
