import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { Clock } from '../../src/common/clock.js';
import { RoomsService } from '../../src/rooms/rooms.service.js';
import { checkOpen, endOf } from '../../src/rooms/lifetime/open-hours.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp } from '../support/test-app.js';
import { LifeFixture, type RoomView } from './life-support.js';

let life: LifeFixture;
let node: FakeNode;

beforeAll(async () => {
  life = await LifeFixture.start();
  node = await FakeNode.start(await life.server.createService('node', 'node'));
  node.keepBeating();
});

afterAll(async () => {
  await node.close();
  await life.close();
});

const kicksOf = ({ id }: RoomView): number =>
  node.calls.filter((call) => call === `DELETE /rooms/${id}`).length;

async function refusalOf({ id }: RoomView): Promise<unknown> {
  const room = await life.server.app.get(RoomsService).findForRedemption(new ObjectId(id));
  try {
    checkOpen(room ?? {}, life.time.now());
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a room with a beginning and an end', () => {
  it('is scheduled, opens, tells twice that it ends, and is closed', async () => {
    const [notBefore, endsAt] = [life.time.in(3600), life.time.in(7200)];
    const room = await life.create({ notBefore, endsAt });
    expect(room).toMatchObject({ status: 'scheduled', notBefore, endsAt });
    expect(await refusalOf(room)).toMatchObject({
      code: 'ROOM_NOT_OPEN',
      extensions: { opensAt: notBefore },
    });
    await life.pass(3599);
    expect(await life.types(room)).toEqual(['room.created']);
    await life.pass(1);
    expect((await life.read(room)).status).toBe('open');
    expect(await refusalOf(room)).toBeUndefined();
    await life.pass(3000);
    await life.pass(1);
    await life.pass(540);
    await life.pass(58);
    expect((await life.read(room)).status).toBe('open');
    await life.pass(1);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'ended' });
    expect(await refusalOf(room)).toMatchObject({ code: 'ROOM_ENDED' });
    const events = await life.events(room);
    expect(events.map(({ type, data }) => [type, data['secondsLeft'] ?? data['reason']])).toEqual([
      ['room.created', undefined],
      ['room.opened', undefined],
      ['room.ending', 600],
      ['room.ending', 59],
      ['room.closed', 'ended'],
    ]);
    expect(events[2]?.data).toMatchObject({ endsAt, room: { id: room.id, status: 'open' } });
    expect(events[4]?.data.room).toEqual(await life.read(room));
  });

  it('is warned of once more when it is prolonged, and of no end that lies behind', async () => {
    const room = await life.create({ endsAt: life.time.in(660) });
    await life.pass(61);
    const endsAt = life.time.in(1000);
    const changed = await life.tenant.patch(`/v1/rooms/${room.id}`, { endsAt });
    expect(changed.json).toMatchObject({ endsAt, status: 'open' });
    await life.pass(399);
    expect(await life.types(room)).toEqual(['room.created', 'room.ending', 'room.updated']);
    await life.pass(2);
    await life.pass(598);
    const events = await life.events(room);
    expect(events.filter(({ type }) => type === 'room.ending')).toHaveLength(3);
    await life.pass(2);
    expect((await life.read(room)).status).toBe('closed');
  });

  it('closes at once after an outage, without a false warning', async () => {
    const room = await life.create({ notBefore: life.time.in(60), endsAt: life.time.in(3600) });
    await life.pass(36_000);
    expect(await life.types(room)).toEqual(['room.created', 'room.closed']);
  });

  it('has no end any more when its end is cleared', async () => {
    const room = await life.create({ endsAt: life.time.in(100) });
    await life.tenant.patch(`/v1/rooms/${room.id}`, { endsAt: null });
    await life.pass(200);
    expect(await life.read(room)).toMatchObject({ status: 'open' });
    const stored = await life.db.collection('rooms').findOne({ _id: new ObjectId(room.id) });
    expect(stored).not.toHaveProperty('life');
    expect(stored).not.toHaveProperty('dueAt');
  });

  it('ends its call on the node, and once more for those who were on their way', async () => {
    const room = await life.create({ endsAt: life.time.in(100) });
    await life.place(room, node.id);
    node.join(room.id, 'ann');
    await life.pass(99);
    expect(kicksOf(room)).toBe(0);
    await life.pass(1);
    expect(kicksOf(room)).toBe(1);
    node.join(room.id, 'late');
    const { json } = await life.tenant.get(`/v1/rooms/${room.id}/participants`);
    expect(json).toMatchObject({ items: [] });
    await life.pass(15);
    expect(kicksOf(room)).toBe(2);
    await life.pass(3600);
    expect(kicksOf(room)).toBe(2);
    expect(await life.types(room)).toEqual(['room.created', 'room.ending', 'room.closed']);
  });

  it('lets those who are in it stay where that is asked for', async () => {
    const room = await life.create({ endsAt: life.time.in(100), atEnd: 'when_empty' });
    await life.place(room, node.id);
    node.join(room.id, 'ann');
    await life.pass(100);
    expect((await life.read(room)).status).toBe('closing');
    expect(await refusalOf(room)).toMatchObject({ code: 'ROOM_ENDED' });
    await life.pass(3600);
    expect((await life.read(room)).status).toBe('closing');
    node.rooms.delete(room.id);
    await life.pass(10);
    await life.pass(9);
    expect((await life.read(room)).status).toBe('closing');
    await life.pass(2);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'ended' });
  });

  it('opens again when it is prolonged while it is closing', async () => {
    const room = await life.create({ endsAt: life.time.in(100), atEnd: 'when_empty' });
    await life.place(room, node.id);
    node.join(room.id, 'ann');
    await life.pass(100);
    const { json } = await life.tenant.patch(`/v1/rooms/${room.id}`, { endsAt: life.time.in(60) });
    expect(json).toMatchObject({ status: expect.stringMatching(/^(open|active)$/) });
    expect(await refusalOf(room)).toBeUndefined();
  });

  it('is deleted where that is asked for', async () => {
    const room = await life.create({ endsAt: life.time.in(100), afterEnd: 'delete' });
    await life.place(room, node.id);
    await life.pass(100);
    expectProblem(await life.tenant.get(`/v1/rooms/${room.id}`), 'ROOM_NOT_FOUND');
    expect(await life.types(room)).toEqual(['room.created', 'room.closed', 'room.deleted']);
    expect(kicksOf(room)).toBe(1);
  });
});

describe('a room that may last so long', () => {
  it('ends so long after the first came, who is noted once', async () => {
    const room = await life.create({ maxDurationSeconds: 3600 });
    await life.pass(7200);
    expect((await life.read(room)).status).toBe('open');
    await life.admit(room);
    expect((await life.read(room)).status).toBe('active');
    await life.pass(3000);
    await life.admit(room);
    const noted = await life.server.app.get(RoomsService).findForRedemption(new ObjectId(room.id));
    expect(endOf(noted ?? {})?.getTime()).toBe(life.time.now() + 600_000);
    await life.pass(600);
    expect(await life.read(room)).toMatchObject({ status: 'closed', closeReason: 'max_duration' });
    expect(await life.types(room)).toEqual(['room.created', 'room.ending', 'room.closed']);
  });
});

describe('POST /v1/rooms/:room/close and /reopen', () => {
  it('close at once, whatever was set, and open again; each once', async () => {
    const room = await life.create();
    await life.place(room, node.id);
    const path = `/v1/rooms/${room.id}`;
    const closed = await life.tenant.post(`${path}/close`);
    expect(closed).toMatchObject({
      status: 200,
      json: { status: 'closed', closeReason: 'request', closedAt: expect.any(String) },
    });
    expect(kicksOf(room)).toBe(1);
    expect((await life.tenant.post(`${path}/close`)).json).toEqual(closed.json);
    expect(kicksOf(room)).toBe(1);
    expect(await refusalOf(room)).toMatchObject({ code: 'ROOM_ENDED' });
    expect((await life.tenant.patch(path, { name: 'other' })).json).toMatchObject({
      name: 'other',
      status: 'closed',
    });
    const opened = await life.tenant.post(`${path}/reopen`);
    expect(opened).toMatchObject({ status: 200, json: { status: 'open' } });
    expect(opened.json).not.toHaveProperty('closedAt');
    expect((await life.tenant.post(`${path}/reopen`, {})).json).toEqual(opened.json);
    expect(await refusalOf(room)).toBeUndefined();
    expect(await life.types(room)).toEqual([
      'room.created',
      'room.closed',
      'room.updated',
      'room.opened',
    ]);
  });

  it('ask for a later end where the old one lies behind', async () => {
    const room = await life.create({ endsAt: life.time.in(60) });
    await life.pass(60);
    const path = `/v1/rooms/${room.id}/reopen`;
    expectProblem(await life.tenant.post(path), 'ROOM_END_PASSED');
    expectProblem(await life.tenant.post(path, { endsAt: life.time.in(-5) }), 'INVALID_REQUEST');
    const endsAt = life.time.in(600);
    const { json } = await life.tenant.post(path, { endsAt });
    expect(json).toMatchObject({ status: 'open', endsAt });
    await life.pass(601);
    expect((await life.tenant.post(path, { endsAt: null })).json).not.toHaveProperty('endsAt');
  });

  it("know no other tenant's room", async () => {
    const other = await life.server.createTenant('other');
    const { id } = await life.create();
    expectProblem(await other.post(`/v1/rooms/${id}/close`), 'ROOM_NOT_FOUND');
    expectProblem(await other.post(`/v1/rooms/${id}/reopen`), 'ROOM_NOT_FOUND');
    expectProblem(await other.post('/v1/rooms/x/close'), 'ROOM_NOT_FOUND');
  });
});

describe('instances', () => {
  it('do each step once together, whatever their own clocks say', async () => {
    const second = await startTestApp({ MONGODB_URI: life.server.databaseUri });
    try {
      life.time.rule(second);
      second.app.get(Clock).now = () => Date.now() - 300_000;
      const room = await life.create({ notBefore: life.time.in(100), endsAt: life.time.in(1000) });
      await life.place(room, node.id);
      for (const seconds of [100, 300, 540, 60]) {
        life.time.advance(seconds);
        await life.work(life.server, second);
      }
      expect(kicksOf(room)).toBe(1);
      expect(await life.types(room)).toEqual([
        'room.created',
        'room.opened',
        'room.ending',
        'room.ending',
        'room.closed',
      ]);
    } finally {
      await second.close();
    }
  });
});
