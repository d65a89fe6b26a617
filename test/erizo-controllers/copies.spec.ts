import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { AssignmentService } from '../../src/erizo-controllers/assignment/assignment.service.js';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { nodeBody, register, silence, withDatabase } from './support.js';

let copies: TestApp[];
let first: TestApp;
let node: ApiClient;

beforeAll(async () => {
  first = await startTestApp();
  const settings = { MONGODB_URI: first.databaseUri };
  copies = [first, ...(await Promise.all([startTestApp(settings), startTestApp(settings)]))];
  node = await first.createService('nodes', 'node');
});

afterAll(() => Promise.all(copies.map((copy) => copy.close())));

function registryOf(copy: TestApp): ErizoControllersService {
  return copy.app.get(ErizoControllersService, { strict: false });
}

describe('three copies on one database', () => {
  it('give a node one id however often it registers at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        node.at(copies[n % 3]?.url ?? '').post('/erizo-controllers', nodeBody()),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await node.get('/erizo-controllers')).json).toHaveLength(1);
  });

  it('let one of two services have a host and port that both want', async () => {
    const rival = await first.createService('rivals', 'node');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        (n % 2 ? node : rival)
          .at(copies[n % 3]?.url ?? '')
          .post('/erizo-controllers', nodeBody({ hostname: 'contested.test' })),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(15);
    expect(statuses.filter((status) => status === 409)).toHaveLength(15);
  });

  it('keep a node alive whose beats come to any of them', async () => {
    const id = new mongo.ObjectId(await register(node, { hostname: 'beating.test' }));
    await silence(first.databaseUri, id.toHexString(), 11);
    const beat = await node
      .at(copies[1]?.url ?? '')
      .put(`/erizo-controllers/${id.toHexString()}/keep-alive`, {});
    expect(beat.text).toBe('ok');
    expect(await registryOf(copies[2] as TestApp).findAlive(id)).toMatchObject({ _id: id });
  });

  it('take notice of a node that registers with another while they wait', async () => {
    const candidates = await registryOf(first).candidates();
    const excluding = candidates.map(({ _id }) => _id);
    const waiting = copies.map((copy) => registryOf(copy).waitForCandidate(5_000, { excluding }));
    await register(node, { hostname: 'awaited.test' });
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
  });

  it('share out a burst of rooms however it reaches them', async () => {
    const copy = copies[1] as TestApp;
    const assignment = copy.app.get(AssignmentService, { strict: false });
    const service = new mongo.ObjectId();
    const room = { _id: new mongo.ObjectId(), service, name: 'room' };
    const explanation = await assignment.explain(room);
    const chosen = await assignment.choose(room);
    expect(explanation.chosen).toBe(chosen?._id.toHexString());
  });
});

describe('a room that is deleted while its node cannot be reached', () => {
  it('ends on the node when that is back', async () => {
    const tenant = await first.createService('tenant');
    const fake = await FakeNode.start(node, { hostname: 'lost.test' });
    try {
      const others = (await registryOf(first).findAll()).filter(
        ({ hostname }) => hostname !== 'lost.test',
      );
      for (const { _id } of others) await registryOf(first).update(_id, { draining: true });
      const { json } = await tenant.post('/rooms', { name: 'room' });
      const { _id: room } = json as { _id: string };
      expect((await tenant.token(room, 'ann', 'presenter')).status).toBe(200);
      await silence(first.databaseUri, fake.id, 600);
      await registryOf(first).setState(new mongo.ObjectId(fake.id), 2);
      expect((await tenant.delete(`/rooms/${room}`)).status).toBe(200);
      const ends = (): Promise<number> =>
        withDatabase(first.databaseUri, (db) => db.collection('roomEnds').countDocuments());
      expect([fake.calls, await ends()]).toEqual([[], 1]);
      await fake.beat();
      await endSeen(fake, `DELETE /rooms/${room}`);
      expect(fake.calls).toEqual([`DELETE /rooms/${room}`]);
    } finally {
      await fake.close();
    }
  }, 20_000);
});

/** Waits until the node was told so, which one of the copies' sweeps does. */
async function endSeen(fake: FakeNode, call: string): Promise<void> {
  while (!fake.calls.includes(call)) await new Promise((resolve) => setTimeout(resolve, 50));
}
