import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

let copies: TestApp[];
let tenant: ApiClient;
let node: FakeNode;
let clocks: TestClock[];

beforeAll(async () => {
  const first = await startTestApp();
  copies = [first, await startTestApp({ MONGODB_URI: first.databaseUri })];
  clocks = copies.map(({ app }) => new TestClock(app));
  tenant = await first.createService('tenant');
  node = await FakeNode.start(await first.createService('nodes', 'node'));
  node.keepBeating();
});

afterEach(() => clocks.forEach((clock) => clock.reset()));

afterAll(async () => {
  await node.close();
  await Promise.all(copies.map((copy) => copy.close()));
});

async function createRoom(maxParticipants: number): Promise<string> {
  const { json } = await tenant.post('/rooms', { name: 'r', options: { maxParticipants } });
  return (json as { _id: string })._id;
}

async function issue(room: string, user: string): Promise<string> {
  return (await tenant.token(room, user, 'presenter')).text;
}

function redeem(token: string, copy = 0): Promise<Answer> {
  const sign = { timestamp: Date.now() };
  return node.client.at(copies[copy]?.url ?? '').post('/tokens/redeem', { token }, { sign });
}

describe('a room with maxParticipants', () => {
  it('issues any number of tokens, and lets in as many as it has seats', async () => {
    const room = await createRoom(2);
    const tokens = await Promise.all(['a', 'b', 'c'].map((user) => issue(room, user)));
    const answers: Answer[] = [];
    for (const token of tokens) {
      const answer = await redeem(token);
      answers.push(answer);
      if (answer.status === 200) node.join(room, (answer.json as { userName: string }).userName);
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 409]);
    expectError(answers[2] as Answer, 'ROOM_FULL');
  });

  it('lets one in, of twenty who want the last seat at once on two copies', async () => {
    const room = await createRoom(3);
    for (const user of ['a', 'b']) {
      expect((await redeem(await issue(room, user))).status).toBe(200);
    }
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => issue(room, `u${i}`)));
    const answers = await Promise.all(tokens.map((token, index) => redeem(token, index % 2)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
  });

  it('lets in with the refused token once somebody has left', async () => {
    const room = await createRoom(1);
    const [first, second] = [await issue(room, 'ann'), await issue(room, 'bob')];
    expect((await redeem(first)).status).toBe(200);
    node.join(room, 'ann');
    expectError(await redeem(second), 'ROOM_FULL');
    expectError(await redeem(second), 'ROOM_FULL');
    await tenant.delete(`/rooms/${room}/users/ann`);
    clocks.forEach((clock) => clock.advance(11_000));
    await node.client.put(`/erizo-controllers/${node.id}/keep-alive`, {});
    expect((await redeem(second)).json).toMatchObject({ userName: 'bob' });
  });

  it('gives up the seat of somebody who did not come', async () => {
    const room = await createRoom(1);
    const [first, second] = [await issue(room, 'ann'), await issue(room, 'bob')];
    expect((await redeem(first)).status).toBe(200);
    expectError(await redeem(second), 'ROOM_FULL');
    clocks.forEach((clock) => clock.advance(11_000));
    await node.client.put(`/erizo-controllers/${node.id}/keep-alive`, {});
    expect((await redeem(second)).status).toBe(200);
  });

  it('has no limit once it is lifted', async () => {
    const room = await createRoom(1);
    const tokens = [await issue(room, 'ann'), await issue(room, 'bob')];
    await tenant.patch(`/rooms/${room}`, { options: { maxParticipants: null } });
    for (const token of tokens) expect((await redeem(token)).status).toBe(200);
  });

  it('keeps the token good when its node cannot say who is there', async () => {
    const dead = await FakeNode.start(node.client, { port: 9002 });
    await node.client.patch(`/erizo-controllers/${node.id}`, { draining: true });
    const room = await createRoom(5);
    const token = await issue(room, 'ann');
    const { controlUrl } = dead;
    await node.client.patch(`/erizo-controllers/${dead.id}`, { controlUrl: 'http://127.0.0.1:1' });
    expectError(await redeem(token), 'ERIZO_CONTROLLER_UNAVAILABLE');
    await node.client.patch(`/erizo-controllers/${dead.id}`, { controlUrl });
    expect((await redeem(token)).status).toBe(200);
    await node.client.patch(`/erizo-controllers/${node.id}`, { draining: false });
    await dead.client.delete(`/erizo-controllers/${dead.id}`);
    await dead.close();
  });
});
