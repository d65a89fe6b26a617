import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { until } from '../amqp/harness.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

let copies: TestApp[];
let tenant: ApiClient;
let node: FakeNode;
let clocks: TestClock[];
let database: MongoClient;

beforeAll(async () => {
  const first = await startTestApp();
  copies = [first, await startTestApp({ MONGODB_URI: first.databaseUri })];
  clocks = copies.map(({ app }) => new TestClock(app));
  tenant = await first.createService('tenant');
  node = await FakeNode.start(await first.createService('nodes', 'node'));
  node.keepBeating();
  database = await MongoClient.connect(first.databaseUri);
});

afterEach(() => clocks.forEach((clock) => clock.reset()));

afterAll(async () => {
  await node.close();
  await database.close();
  await Promise.all(copies.map((copy) => copy.close()));
});

async function issue(room: string, user: string): Promise<string> {
  return (await tenant.token(room, user, 'presenter')).text;
}

function redeem(token: string, copy = 0): Promise<Answer> {
  const sign = { timestamp: Date.now() };
  return node.client.at(copies[copy]?.url ?? '').post('/v1/tokens/redeem', { token }, { sign });
}

/** Lets time pass for the applications, in which the node lives. */
async function passTime(ms: number): Promise<void> {
  clocks.forEach((clock) => clock.advance(ms));
  await node.client.put(`/v1/nodes/${node.id}/heartbeat`, {});
}

/** Seats of those whom the node has not listed yet. */
async function seatsOf(room: string): Promise<unknown[]> {
  const rooms = database.db().collection<{ _id: ObjectId; seats: { taken: unknown[] } }>('rooms');
  const [found] = await rooms.find({ _id: new ObjectId(room) }).toArray();
  if (!found) throw new Error('The room was not kept');
  return found.seats.taken;
}

describe('a room with maxParticipants', () => {
  it('issues any number of tokens, and lets in as many as it has seats', async () => {
    const room = await tenant.createRoom({ maxParticipants: 2 });
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

  it('lets one in, of twenty who want the last seat at once on two instances', async () => {
    const room = await tenant.createRoom({ maxParticipants: 3 });
    for (const user of ['a', 'b']) {
      expect((await redeem(await issue(room, user))).status).toBe(200);
    }
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => issue(room, `u${i}`)));
    const answers = await Promise.all(tokens.map((token, index) => redeem(token, index % 2)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
  });

  it('lets in with the refused token once somebody has left', async () => {
    const room = await tenant.createRoom({ maxParticipants: 1 });
    const [first, second] = [await issue(room, 'ann'), await issue(room, 'bob')];
    expect((await redeem(first)).status).toBe(200);
    node.join(room, 'ann');
    expectError(await redeem(second), 'ROOM_FULL');
    expectError(await redeem(second), 'ROOM_FULL');
    await tenant.delete(`/rooms/${room}/users/ann`);
    expect((await redeem(second)).json).toMatchObject({ userName: 'bob' });
  });

  it('gives up the seat of somebody who did not come within a minute', async () => {
    const room = await tenant.createRoom({ maxParticipants: 1 });
    const [first, second] = [await issue(room, 'ann'), await issue(room, 'bob')];
    expect((await redeem(first)).status).toBe(200);
    expectError(await redeem(second), 'ROOM_FULL');
    await passTime(61_000);
    expect((await redeem(second)).status).toBe(200);
  });

  it('keeps the seats of those who take long to appear', async () => {
    const room = await tenant.createRoom({ maxParticipants: 2 });
    const tokens = await Promise.all(['a', 'b', 'c'].map((user) => issue(room, user)));
    const [first, second, third] = tokens as [string, string, string];
    for (const token of [first, second]) expect((await redeem(token)).status).toBe(200);
    await passTime(30_000);
    expectError(await redeem(third), 'ROOM_FULL');
    node.join(room, 'b');
    await passTime(20_000);
    expectError(await redeem(third), 'ROOM_FULL');
    node.join(room, 'a');
    expectError(await redeem(third), 'ROOM_FULL');
  });

  it('gives the seat of somebody who has come and gone to the next at once', async () => {
    const room = await tenant.createRoom({ maxParticipants: 1 });
    const [first, second] = [await issue(room, 'ann'), await issue(room, 'bob')];
    expect((await redeem(first)).status).toBe(200);
    node.join(room, 'ann');
    await until(async () => (await seatsOf(room)).length === 0);
    node.rooms.delete(room);
    expect((await redeem(second)).status).toBe(200);
  });

  it('lets in whoever reloads the page, and nobody else, though the room is full', async () => {
    const room = await tenant.createRoom({ maxParticipants: 2 });
    const bobs = await issue(room, 'bob');
    for (const user of ['ann', 'carl']) {
      expect((await redeem(await issue(room, user))).status).toBe(200);
    }
    node.join(room, 'carl');
    for (let reload = 0; reload < 3; reload++) {
      expect((await redeem(await issue(room, 'ann'))).status).toBe(200);
      expectError(await redeem(bobs), 'ROOM_FULL');
    }
    node.join(room, 'ann');
    expectError(await redeem(await issue(room, 'ann')), 'ROOM_FULL');
  });

  it('lets one in, of five of one name who want the last seat at once', async () => {
    const room = await tenant.createRoom({ maxParticipants: 1 });
    const tokens = await Promise.all(Array.from({ length: 5 }, () => issue(room, 'guest')));
    const answers = await Promise.all(tokens.map((token, index) => redeem(token, index % 2)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, 409, 409, 409, 409]);
  });

  it('counts those who were there before the limit was set, and each of a name once', async () => {
    const room = await tenant.createRoom({ maxParticipants: null });
    expect((await redeem(await issue(room, 'guest'))).status).toBe(200);
    node.join(room, 'guest');
    await tenant.patch(`/rooms/${room}`, { options: { maxParticipants: 2 } });
    const tokens = await Promise.all([1, 2].map(() => issue(room, 'guest')));
    const [second, third] = tokens as [string, string];
    expect((await redeem(second)).status).toBe(200);
    expectError(await redeem(third), 'ROOM_FULL');
    node.join(room, 'guest');
    expectError(await redeem(third), 'ROOM_FULL');
    node.rooms.get(room)?.pop();
    expect((await redeem(third)).status).toBe(200);
  });

  it('has no limit once it is lifted', async () => {
    const room = await tenant.createRoom({ maxParticipants: 1 });
    const tokens = [await issue(room, 'ann'), await issue(room, 'bob')];
    await tenant.patch(`/rooms/${room}`, { options: { maxParticipants: null } });
    for (const token of tokens) expect((await redeem(token)).status).toBe(200);
  });

  it('keeps the token good when its node cannot say who is there', async () => {
    const dead = await FakeNode.start(node.client, { port: 9002 });
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: true });
    const room = await tenant.createRoom({ maxParticipants: 5 });
    const token = await issue(room, 'ann');
    const { controlUrl } = dead;
    await node.client.patch(`/v1/nodes/${dead.id}`, { controlUrl: 'http://127.0.0.1:1' });
    expectError(await redeem(token), 'NODE_UNAVAILABLE');
    await node.client.patch(`/v1/nodes/${dead.id}`, { controlUrl });
    expect((await redeem(token)).status).toBe(200);
    await node.client.patch(`/v1/nodes/${node.id}`, { draining: false });
    await dead.client.delete(`/v1/nodes/${dead.id}`);
    await dead.close();
  });
});
