import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { NodeClient } from '../../src/erizo-controllers/calls/node-client.js';
import { LifetimeWorker } from '../../src/rooms/lifetime/lifetime-worker.js';
import { FakeNode } from '../support/fake-node.js';
import { LifeFixture, type RoomView } from './life-support.js';

let life: LifeFixture;
let node: FakeNode;

beforeAll(async () => {
  life = await LifeFixture.start();
  node = await FakeNode.start(await life.server.createService('node', 'node'));
  node.keepBeating();
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  await node.close();
  await life.close();
});

/** A room on the node. */
async function placed(settings: object): Promise<RoomView> {
  const room = await life.create(settings);
  await life.place(room, node.id);
  return room;
}

/** Lets nodes say nothing, until the next test or `back`. */
function silence(): { back: () => void } {
  const client = life.server.app.get(NodeClient);
  const spy = jest.spyOn(client, 'getUsersInRoom').mockRejectedValue(new Error('silent'));
  return { back: () => spy.mockRestore() };
}

const passSteps = async (...steps: number[]): Promise<void> => {
  for (const seconds of steps) await life.pass(seconds);
};

const looksAt = ({ id }: RoomView): number =>
  node.calls.filter((call) => call === `GET /rooms/${id}/users`).length;

describe('a room that nobody comes to', () => {
  it('is closed after its time, when its node has said twice that nobody is there', async () => {
    const room = await placed({ emptyTimeoutSeconds: 300 });
    await passSteps(289);
    expect(node.calls.some((call) => call.includes(room.id))).toBe(false);
    await passSteps(1, 9);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(1);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'empty' });
    expect(await life.types(room)).toEqual(['room.created', 'room.closed']);
  });

  it('is closed without a node, too', async () => {
    const room = await life.create({ emptyTimeoutSeconds: 1 });
    await passSteps(1, 8);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(1, 1);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'empty' });
  });

  it('stays while somebody is admitted, or seen by its node', async () => {
    const admitted = await life.create({ emptyTimeoutSeconds: 60 });
    const visited = await placed({ emptyTimeoutSeconds: 60 });
    node.join(visited.id, 'ann');
    await passSteps(50);
    await life.admit(admitted);
    await passSteps(10, 10, 3600);
    expect((await life.read(admitted)).status).toBe('active');
    expect((await life.read(visited)).status).toBe('active');
  });

  it('counts from when it opens', async () => {
    const room = await life.create({ notBefore: life.time.in(3600), emptyTimeoutSeconds: 60 });
    await passSteps(3600, 50, 9);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(1);
    expect((await life.read(room)).status).toBe('closed');
  });
});

describe('a room that the last one leaves', () => {
  it('is closed after its time', async () => {
    const room = await placed({ departureTimeoutSeconds: 30 });
    await life.admit(room);
    node.join(room.id, 'ann');
    await passSteps(10, 10, 10);
    expect((await life.read(room)).status).toBe('active');
    node.rooms.delete(room.id);
    await passSteps(10, 10, 10);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(10);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'departed' });
  });

  it('begins to count anew when somebody comes back, seen or admitted', async () => {
    const room = await placed({ departureTimeoutSeconds: 30 });
    await life.admit(room);
    await passSteps(10, 10, 10);
    node.join(room.id, 'ann');
    await passSteps(10);
    expect((await life.read(room)).status).toBe('active');
    node.rooms.delete(room.id);
    await passSteps(10, 10, 10);
    await life.admit(room);
    await passSteps(10, 10, 10);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(10);
    expect((await life.read(room)).status).toBe('closed');
  });

  it('is not closed while its node is silent: that time does not count', async () => {
    const room = await placed({ departureTimeoutSeconds: 30 });
    await life.admit(room);
    await passSteps(10, 10);
    const { back } = silence();
    await passSteps(10, 10, 10, 10, 10, 3600);
    expect((await life.read(room)).status).toBe('open');
    back();
    await passSteps(10);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(10);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(10);
    expect((await life.read(room)).status).toBe('closed');
  });

  it('is not closed by a node that counts as dead', async () => {
    const room = await placed({ departureTimeoutSeconds: 10 });
    const gone = await FakeNode.start(node.client, { ip: '192.0.2.7', port: 8081 });
    await life.place(room, gone.id);
    await life.admit(room);
    await gone.close();
    const _id = new ObjectId(gone.id);
    const nodes = life.db.collection('erizoControllers');
    const longAgo = new Date(Date.now() - 60_000);
    await nodes.updateOne({ _id }, { $set: { lastSeen: longAgo, givenUp: longAgo } });
    await passSteps(10, 10, 10, 10);
    expect((await life.read(room)).status).not.toBe('closed');
    await nodes.deleteOne({ _id });
    await passSteps(10, 10);
    expect((await life.read(room)).status).toBe('closed');
  });

  it('is closed neither by one answer, nor by answers between which nobody watched', async () => {
    const room = await placed({ departureTimeoutSeconds: 10 });
    await life.admit(room);
    await passSteps(10, 3600);
    expect((await life.read(room)).status).toBe('open');
    await passSteps(10);
    expect((await life.read(room)).status).toBe('closed');
  });

  it('is asked for less often the longer it may be left', async () => {
    const room = await placed({ departureTimeoutSeconds: 3600 });
    await life.admit(room);
    node.join(room.id, 'ann');
    const before = looksAt(room);
    await passSteps(...Array<number>(12).fill(10));
    expect(looksAt(room) - before).toBe(2);
  });

  it('is not written while people talk in it', async () => {
    const room = await placed({ departureTimeoutSeconds: 30 });
    await life.admit(room);
    node.join(room.id, 'ann');
    const stored = async (): Promise<unknown> =>
      (await life.db.collection('rooms').findOne({ _id: new ObjectId(room.id) }))?.['life']
        .revision;
    const before = await stored();
    await passSteps(10, 10, 10);
    expect(await stored()).toBe(before);
  });
});

describe('a slow node', () => {
  it('holds up no room of another', async () => {
    const client = life.server.app.get(NodeClient);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow = await FakeNode.start(node.client, { ip: '192.0.2.8', port: 8082 });
    try {
      const rooms = await Promise.all(
        Array.from({ length: 10 }, () => life.create({ emptyTimeoutSeconds: 20 })),
      );
      for (const room of rooms) await life.place(room, slow.id);
      const quick = await placed({ emptyTimeoutSeconds: 20 });
      const ending = await life.create({ endsAt: life.time.in(20) });
      const ask = client.getUsersInRoom.bind(client);
      jest.spyOn(client, 'getUsersInRoom').mockImplementation(async (of, room) => {
        if (of._id.toHexString() === slow.id) await answered;
        return ask(of, room);
      });
      const worker = life.server.app.get(LifetimeWorker);
      life.time.advance(10);
      await worker.turn();
      await until(async () => looksAt(quick) === 1);
      life.time.advance(10);
      await worker.turn();
      await until(async () => (await life.read(quick)).status === 'closed');
      expect((await life.read(ending)).status).toBe('closed');
      answer();
      await worker.settled();
    } finally {
      await slow.close();
    }
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('It did not come to be');
}
