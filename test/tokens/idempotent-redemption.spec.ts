import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { ActivityService } from '../../src/activity/activity.service.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { recordedEvents } from '../support/recorded-events.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

let apps: [TestApp, TestApp];
let clocks: TestClock[];
let tenant: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  const first = await startTestApp();
  apps = [first, await startTestApp({ MONGODB_URI: first.databaseUri })];
  clocks = apps.map(({ app }) => new TestClock(app));
  tenant = await first.createTenant('tenant');
  node = await FakeNode.start(await first.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(() => createRoom());

async function createRoom(): Promise<void> {
  const { json } = await tenant.post('/v1/rooms', { name: 'room', maxParticipants: 3 });
  room = (json as { id: string }).id;
}

afterEach(() => {
  jest.restoreAllMocks();
  clocks.forEach((clock) => clock.reset());
});

afterAll(async () => {
  await node.close();
  await Promise.all(apps.map((app) => app.close()));
});

async function issue(): Promise<{ id: string; token: string }> {
  const { status, json } = await tenant.post(`/v1/rooms/${room}/tokens`, {
    userName: 'ann',
    role: 'presenter',
    userId: 'u-1',
    metadata: { 'a.b': 1, $set: { $gt: [] } },
  });
  expect(status).toBe(201);
  return json as { id: string; token: string };
}

const redeem = (token: string, client = node.client, on = 0): Promise<Answer> =>
  client
    .at(apps[on]?.url ?? '')
    .post('/v1/tokens/redeem', { token }, { sign: { timestamp: Date.now() } });

async function admissionsOf(id: string): Promise<number> {
  const events = await recordedEvents(apps[0], tenant);
  return events.filter(
    ({ type, data }) => type === 'token.redeemed' && (data['token'] as { id: string }).id === id,
  ).length;
}

describe('a token that is redeemed again', () => {
  it('gives the node that has it the same answer, and it has one seat', async () => {
    const { id, token } = await issue();
    const first = await redeem(token);
    expect(first.json).toMatchObject({
      id,
      userId: 'u-1',
      metadata: { 'a.b': 1, $set: { $gt: [] } },
    });
    for (let again = 0; again < 5; again++) {
      const answer = await redeem(token, node.client, again % 2);
      expect([answer.status, answer.json]).toEqual([200, first.json]);
    }
    expect(await admissionsOf(id)).toBe(1);
    // Two seats are left.
    expect((await redeem((await issue()).token)).status).toBe(200);
    expect((await redeem((await issue()).token)).status).toBe(200);
    expectProblem(await redeem((await issue()).token), 'ROOM_FULL');
  });

  it('is used for any other node, and for this one after ten seconds', async () => {
    const { token } = await issue();
    expect((await redeem(token)).status).toBe(200);
    expectProblem(await redeem(token, apps[0].superservice), 'TOKEN_USED');
    clocks.forEach((clock) => clock.advance(9_000));
    expect((await redeem(token)).status).toBe(200);
    clocks.forEach((clock) => clock.advance(1_001));
    expectProblem(await redeem(token), 'TOKEN_USED');
  });

  it('lets in once, of ten calls by one node and ten by another on two instances', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, token } = await issue();
      const answers = await Promise.all(
        [node.client, apps[0].superservice].map((client) =>
          Promise.all(Array.from({ length: 10 }, (_, index) => redeem(token, client, index % 2))),
        ),
      );
      const statuses = answers.map((side) => [...new Set(side.map(({ status }) => status))]);
      expect(statuses).toContainEqual([200]);
      expect(statuses).toContainEqual([410]);
      const admitted = answers.flat().filter(({ status }) => status === 200);
      expect(new Set(admitted.map(({ text }) => text)).size).toBe(1);
      expect(await admissionsOf(id)).toBe(1);
      await createRoom();
    }
  });

  it('lets the participant in whose node has lost the answer with the process', async () => {
    const { id, token } = await issue();
    const activity = apps[0].app.get(ActivityService, { strict: false });
    jest.spyOn(activity, 'count').mockImplementationOnce(() => {
      throw new Error('the process ends here');
    });
    expect((await redeem(token)).status).toBe(500);
    expect(await admissionsOf(id)).toBe(1);
    expect((await redeem(token, node.client, 1)).json).toMatchObject({ id, userName: 'ann' });
    expect(await admissionsOf(id)).toBe(1);
  });

  it('is known for ten seconds though it was redeemed in its last', async () => {
    const { token } = await issue();
    clocks.forEach((clock) => clock.advance(179_500));
    expect((await redeem(token)).status).toBe(200);
    clocks.forEach((clock) => clock.advance(5_000));
    expect((await redeem(token)).status).toBe(200);
  });
});

describe('a token that is taken back while it is redeemed', () => {
  it('is one of the two, and its events say which', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issue()));
    await tenant.patch(`/v1/rooms/${room}`, { maxParticipants: null });
    const outcomes = await Promise.all(
      tokens.map(async ({ id, token }, index) => {
        const revoke = (): Promise<Answer> =>
          tenant.at(apps[1].url).delete(`/v1/rooms/${room}/tokens/${id}`);
        const calls =
          index % 2 === 0 ? [redeem(token), revoke()] : [revoke(), redeem(token)].reverse();
        const [redeemed, revoked] = await Promise.all(calls);
        return { id, redeemed: redeemed?.status, revoked: revoked?.status };
      }),
    );
    const events = await recordedEvents(apps[0], tenant);
    for (const { id, redeemed, revoked } of outcomes) {
      expect([
        [200, 404],
        [410, 204],
      ]).toContainEqual([redeemed, revoked]);
      const types = events
        .filter(({ data }) => (data['token'] as { id: string }).id === id)
        .map(({ type }) => type);
      expect(types.filter((type) => type !== 'token.refused')).toEqual([
        redeemed === 200 ? 'token.redeemed' : 'token.revoked',
      ]);
    }
  });
});
