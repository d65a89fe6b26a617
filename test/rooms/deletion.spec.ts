import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { Clock } from '../../src/common/clock.js';
import { PendingRoomClosuresService } from '../../src/erizo-controllers/calls/pending-room-closures.service.js';
import { RoomDeletions } from '../../src/rooms/deletion/room-deletions.service.js';
import { RoomsService } from '../../src/rooms/rooms.service.js';
import type { RoomMark } from '../../src/rooms/schemas/room.schema.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { LifeFixture, type RoomView } from './life-support.js';

const DAY_MS = 24 * 3_600_000;

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

const markOf = ({ id }: { id: string }): Promise<RoomMark | null> =>
  life.db.collection<RoomMark>('rooms').findOne({ _id: new ObjectId(id) });

const remove = async ({ id }: RoomView): Promise<void> => {
  expect((await life.tenant.delete(`/v1/rooms/${id}`)).status).toBe(204);
};

const kicksOf = ({ id }: RoomView): number =>
  node.calls.filter((call) => call === `DELETE /rooms/${id}`).length;

/** What a process does not do that ended just after it had marked a room. */
function endAfterTheMark(): void {
  const closures = life.server.app.get(PendingRoomClosuresService);
  jest.spyOn(closures, 'endAll').mockRejectedValue(new Error('the process has ended'));
}

const finishLeft = (): Promise<void> => life.server.app.get(RoomDeletions).finishLeft();

describe('a deleted room', () => {
  it('leaves a mark of its id alone, which no route shows', async () => {
    const room = await life.create({ name: 'gone', data: { color: 'red' }, getOrCreate: true });
    const again = await life.create({ name: 'gone', getOrCreate: true });
    expect(again.id).toBe(room.id);
    await life.place(room, node.id);
    await remove(room);
    expect(kicksOf(room)).toBe(1);
    const mark = await markOf(room);
    expect(Object.keys(mark ?? {}).sort()).toEqual(
      ['_id', 'deletedAt', 'deletedOf', 'finishAt', 'outbox'].sort(),
    );
    const path = `/v1/rooms/${room.id}`;
    expectProblem(await life.tenant.get(path), 'ROOM_NOT_FOUND');
    expectProblem(await life.tenant.patch(path, { name: 'back' }), 'ROOM_NOT_FOUND');
    expectProblem(await life.tenant.delete(path), 'ROOM_NOT_FOUND');
    expectProblem(await life.tenant.post(`${path}/reopen`), 'ROOM_NOT_FOUND');
    const issued = await life.tenant.post(`${path}/tokens`, { userName: 'a', role: 'presenter' });
    expectProblem(issued, 'ROOM_NOT_FOUND');
    const placement = await life.server.superservice.get(`${path}/placement`);
    expectProblem(placement, 'ROOM_NOT_FOUND');
    expect((await life.tenant.get(`/rooms/${room.id}`)).status).toBe(404);
    expect((await life.tenant.get('/v1/rooms?name=gone')).json).toMatchObject({ items: [] });
    expect((await life.create({ name: 'gone', getOrCreate: true })).id).not.toBe(room.id);
  });

  it('is in no query by its id alone', async () => {
    const room = await life.create();
    await remove(room);
    const rooms = life.server.app.get(RoomsService);
    const id = new ObjectId(room.id);
    await expect(rooms.findForRedemption(id)).resolves.toBeNull();
    await expect(rooms.findAnyForToken(room.id)).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND' });
    await expect(rooms.assign(id, undefined, new ObjectId())).resolves.toBeNull();
    const seats = { revision: 1, listed: [], taken: [] };
    await expect(rooms.saveSeats(id, 0, seats)).resolves.toBe(false);
    expect(await markOf(room)).not.toHaveProperty('seats');
  });

  it('has its call ended by another instance when the process ends that marked it', async () => {
    const room = await life.create();
    await life.place(room, node.id);
    endAfterTheMark();
    expect((await life.tenant.delete(`/v1/rooms/${room.id}`)).status).toBe(500);
    expect(await markOf(room)).toMatchObject({ nodeToTell: new ObjectId(node.id) });
    jest.restoreAllMocks();
    await finishLeft();
    expect(kicksOf(room)).toBe(0);
    life.time.advance(5);
    await finishLeft();
    expect(kicksOf(room)).toBe(1);
    life.time.advance(5);
    await finishLeft();
    expect(kicksOf(room)).toBe(1);
    expect(await life.types(room)).toEqual(['room.created', 'room.deleted']);
  });

  it('is forgotten a day after its events are in the log', async () => {
    const room = await life.create();
    await remove(room);
    life.time.advance(5);
    await finishLeft();
    expect(await markOf(room)).not.toHaveProperty('expiresAt');
    await life.db
      .collection('rooms')
      .updateOne({ _id: new ObjectId(room.id) }, { $unset: { outbox: '' } });
    life.time.advance(5);
    await finishLeft();
    const mark = await markOf(room);
    expect(mark?.expiresAt?.getTime()).toBe(life.time.now() + DAY_MS);
    expect(mark).not.toHaveProperty('finishAt');
  });

  it('is forgotten a day after it was deleted where nobody keeps a log', async () => {
    const silent = await life.server.createService('without a log');
    const id = await silent.createRoom();
    expect((await silent.delete(`/rooms/${id}`)).text).toBe('Room deleted');
    const { credentials } = silent;
    expect(await markOf({ id })).toEqual({
      _id: new ObjectId(id),
      deletedOf: new ObjectId(credentials?.serviceId),
      deletedAt: new Date(life.time.now()),
      expiresAt: new Date(life.time.now() + DAY_MS),
    });
  });

  it('is not made again by a retry of what made it', async () => {
    const body = { name: 'once', getOrCreate: true };
    for (const wanted of [{ name: 'once' }, body]) {
      const headers = { 'idempotency-key': randomUUID() };
      const made = await life.tenant.post('/v1/rooms', wanted, { headers });
      const room = made.json as RoomView;
      // As if the process that made it had ended before it answered.
      await life.db
        .collection('idempotencyKeys')
        .updateMany({}, { $set: { lockedUntil: new Date(0) }, $unset: { answer: '' } });
      await remove(room);
      const retry = await life.tenant.post('/v1/rooms', wanted, { headers });
      expectProblem(retry, 'ROOM_NOT_FOUND');
      expect(await life.types(room)).toEqual(['room.created', 'room.deleted']);
    }
  });
});

describe('rooms of a deleted service', () => {
  it('are gone, and their calls are ended, without events', async () => {
    const tenant = await life.server.createTenant('to be deleted');
    const [idle, busy] = [await life.create({}, tenant), await life.create({}, tenant)];
    await life.place(busy, node.id);
    const path = `/v1/services/${tenant.credentials?.serviceId}`;
    expect((await life.server.superservice.delete(path)).status).toBe(204);
    expect(await markOf(idle)).toBeNull();
    expect(await markOf(busy)).toBeNull();
    expect(kicksOf(busy)).toBe(1);
  });

  it('have their calls ended by another instance when the process ends that marked them', async () => {
    const tenant = await life.server.createTenant('to be deleted');
    const busy = await life.create({}, tenant);
    await life.place(busy, node.id);
    endAfterTheMark();
    const path = `/v1/services/${tenant.credentials?.serviceId}`;
    expect((await life.server.superservice.delete(path)).status).toBe(500);
    jest.restoreAllMocks();
    life.time.advance(5);
    await finishLeft();
    expect(kicksOf(busy)).toBe(1);
  });
});

describe('the clock of an instance', () => {
  it('decides nothing', async () => {
    const clock = life.server.app.get(Clock);
    const now = clock.now.bind(clock);
    const room = await life.create({ endsAt: life.time.in(60) });
    clock.now = () => now() + 300_000;
    try {
      await life.work();
      expect(await life.types(room)).toEqual(['room.created']);
    } finally {
      clock.now = now;
    }
  });
});
