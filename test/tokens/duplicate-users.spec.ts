import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

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

async function createRoom(settings: object): Promise<string> {
  const { status, json } = await tenant.post('/v1/rooms', { name: 'room', ...settings });
  expect(status).toBe(201);
  return (json as { id: string }).id;
}

async function issue(room: string, userName: string, userId?: string): Promise<string> {
  const body = { userName, role: 'presenter', userId };
  const { status, json } = await tenant.post(`/v1/rooms/${room}/tokens`, body);
  expect(status).toBe(201);
  return (json as { token: string }).token;
}

const redeem = (token: string, on = 0): Promise<Answer> =>
  node.client.at(apps[on]?.url ?? '').post('/v1/tokens/redeem', { token });

/** Redeems a token, and joins as it says. */
async function enter(room: string, userName: string, userId?: string): Promise<Answer> {
  const answer = await redeem(await issue(room, userName, userId));
  if (answer.status === 200) node.join(room, userName);
  return answer;
}

const namesIn = (room: string): string[] => (node.rooms.get(room) ?? []).map(({ name }) => name);

describe('a room that refuses whoever is there already', () => {
  it('knows them by id, whatever their names, and lets the token be tried again', async () => {
    const room = await createRoom({ duplicateUser: 'refuse' });
    expect((await enter(room, 'ann', 'u-1')).status).toBe(200);
    const again = await issue(room, 'Ann Smith', 'u-1');
    expectProblem(await redeem(again), 'DUPLICATE_USER');
    // Another of the same name is another one.
    expect((await enter(room, 'ann', 'u-2')).status).toBe(200);
    expectProblem(await redeem(again, 1), 'DUPLICATE_USER');
    node.rooms.set(room, []);
    expect((await redeem(again)).status).toBe(200);
  });

  it('knows them by name where there is no id, also those who came before', async () => {
    const room = await createRoom({});
    expect((await enter(room, 'ann')).status).toBe(200);
    await tenant.patch(`/v1/rooms/${room}`, { duplicateUser: 'refuse' });
    expectProblem(await enter(room, 'ann'), 'DUPLICATE_USER');
    expect((await enter(room, 'bob')).status).toBe(200);
    await tenant.patch(`/v1/rooms/${room}`, { duplicateUser: 'allow' });
    expect((await enter(room, 'ann')).status).toBe(200);
    expect(namesIn(room)).toEqual(['ann', 'bob', 'ann']);
  });

  it.each([
    ['id', ['a', 'b', 'c', 'd', 'e', 'f'], 'u-1'],
    ['name', ['ann', 'ann', 'ann', 'ann', 'ann', 'ann'], undefined],
  ])('lets one in, of six of one %s at once on two instances', async (_, names, userId) => {
    const room = await createRoom({ duplicateUser: 'refuse' });
    const tokens = await Promise.all(names.map((name) => issue(room, name, userId)));
    const answers = await Promise.all(tokens.map((token, index) => redeem(token, index % 2)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409]);
    const winner = tokens[answers.findIndex(({ status }) => status === 200)] ?? '';
    expect((await redeem(winner, 1)).status).toBe(200);
  });
});

describe('a room in which the later one takes the place', () => {
  it('disconnects the earlier one before it lets the later in', async () => {
    const room = await createRoom({ duplicateUser: 'replace', maxParticipants: 2 });
    expect((await enter(room, 'ann', 'u-1')).status).toBe(200);
    expect((await enter(room, 'bob', 'u-2')).status).toBe(200);
    const token = await issue(room, 'Ann Smith', 'u-1');
    expect((await redeem(token)).status).toBe(200);
    expect(namesIn(room)).toEqual(['bob']);
    node.join(room, 'Ann Smith');
    expectProblem(await enter(room, 'carl', 'u-3'), 'ROOM_FULL');
    expect((await enter(room, 'Ann Smith', 'u-1')).status).toBe(200);
    expect(namesIn(room)).toEqual(['bob', 'Ann Smith']);
  });

  it('takes the name where there is no id', async () => {
    const room = await createRoom({ duplicateUser: 'replace' });
    expect((await enter(room, 'ann')).status).toBe(200);
    expect((await enter(room, 'ann')).status).toBe(200);
    expect(namesIn(room)).toEqual(['ann']);
  });

  it('has one seat for all of one person who come at once on two instances', async () => {
    const room = await createRoom({ duplicateUser: 'replace', maxParticipants: 1 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const tokens = await Promise.all(names.map((name) => issue(room, name, 'u-1')));
    const answers = await Promise.all(tokens.map((token, index) => redeem(token, index % 2)));
    const admitted = answers.filter(({ status }) => status === 200);
    const others = answers.filter(({ status }) => status !== 200);
    expect(admitted.length).toBeGreaterThan(0);
    for (const answer of others) expectProblem(answer, 'TOKEN_REVOKED');
    expect((await enter(room, 'last', 'u-1')).status).toBe(200);
    expectProblem(await enter(room, 'another', 'u-2'), 'ROOM_FULL');
  });
});

describe('duplicateUser', () => {
  it('is a setting of /v1 that Nuve knows nothing of', async () => {
    const room = await createRoom({ duplicateUser: 'refuse' });
    expect((await tenant.get(`/v1/rooms/${room}`)).json).toMatchObject({ duplicateUser: 'refuse' });
    expect((await tenant.get(`/rooms/${room}`)).json).toEqual({ _id: room, name: 'room' });
    await tenant.put(`/rooms/${room}`, { name: 'r', options: { duplicateUser: 'allow' } });
    expect((await tenant.get(`/v1/rooms/${room}`)).json).toMatchObject({ duplicateUser: 'refuse' });
    await tenant.patch(`/v1/rooms/${room}`, { duplicateUser: null });
    expect((await tenant.get(`/v1/rooms/${room}`)).json).not.toHaveProperty('duplicateUser');
    const answer = await tenant.post('/v1/rooms', { name: 'r', duplicateUser: 'kick' });
    expectProblem(answer, 'INVALID_REQUEST', 'duplicateUser');
  });
});
