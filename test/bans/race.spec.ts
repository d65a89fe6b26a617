import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const USERS = 250;
const TOKENS_EACH = 4;

let apps: [TestApp, TestApp];
let tenant: ApiClient;
let node: FakeNode;

beforeAll(async () => {
  const first = await startTestApp();
  apps = [first, await startTestApp({ MONGODB_URI: first.databaseUri })];
  tenant = await first.createTenant('tenant');
  node = await FakeNode.start(await first.createService('nodes', 'node'));
  node.keepBeating();
});

afterAll(async () => {
  await node.close();
  await Promise.all(apps.map((app) => app.close()));
});

const urlOf = (index: number): string => apps[index % 2]?.url ?? '';

/** Calls one after another in a number of lanes, in any order. */
async function inLanes(lanes: number, calls: (() => Promise<void>)[]): Promise<void> {
  const queue = calls.values();
  const lane = async (): Promise<void> => {
    for (const call of queue) await call();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

describe('100 bans beside 1,000 redemptions on two instances', () => {
  it('let nobody in whose redemption began after the ban was acknowledged', async () => {
    const { json } = await tenant.post('/v1/rooms', { name: 'room' });
    const room = (json as { id: string }).id;
    const tokens: { user: number; token: string }[] = [];
    await inLanes(
      20,
      Array.from({ length: USERS * TOKENS_EACH }, (_, index) => async () => {
        const user = index % USERS;
        const body = { userName: `user ${user}`, userId: `u-${user}`, role: 'presenter' };
        const answer = await tenant.at(urlOf(index)).post(`/v1/rooms/${room}/tokens`, body);
        tokens.push({ user, token: (answer.json as { token: string }).token });
      }),
    );
    const bannedAt = new Map<number, number>();
    let step = 0;
    const wrong: unknown[] = [];
    const statuses: number[] = [];
    const redemptions = tokens.map(({ user, token }, index) => async (): Promise<void> => {
      const wasBanned = bannedAt.has(user);
      const answer: Answer = await node.client
        .at(urlOf(index))
        .post('/v1/tokens/redeem', { token });
      statuses.push(answer.status);
      if (wasBanned && answer.status !== 403) wrong.push([user, answer.status, answer.text]);
    });
    const bans = Array.from({ length: 100 }, (_, user) => async (): Promise<void> => {
      const [path, body] =
        user % 2 === 0
          ? [`/v1/rooms/${room}/bans`, { userName: `user ${user}` }]
          : ['/v1/bans', { userId: `u-${user}` }];
      const { status } = await tenant.at(urlOf(user >> 1)).post(path, body);
      expect(status).toBe(201);
      bannedAt.set(user, ++step);
    });
    await Promise.all([inLanes(16, redemptions), inLanes(4, bans)]);
    expect(wrong).toEqual([]);
    expect(bannedAt.size).toBe(100);
    expect(statuses.filter((status) => status === 200 || status === 403)).toHaveLength(1_000);
    expect(statuses).toContain(403);
    expect(statuses).toContain(200);
  }, 240_000);
});
