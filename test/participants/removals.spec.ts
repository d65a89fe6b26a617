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
import { Types } from 'mongoose';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import { ParticipantsService } from '../../src/participants/participants.service.js';
import { until } from '../amqp/harness.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import type { TestClock } from '../support/test-clock.js';
import {
  admit,
  createRoom,
  eventsOf,
  movedClock,
  place,
  report,
  startWorld,
  stateOf,
  type World,
} from './support.js';

jest.setTimeout(60_000);

let world: World;
let clock: TestClock;
let tenant: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  world = await startWorld({ CONTROLLER_TIMEOUT_SECONDS: '600' });
  clock = movedClock(world.server);
  tenant = await world.server.createTenant('tenant');
  node = await FakeNode.start(await world.server.createService('nodes', 'node'));
});

beforeEach(async () => {
  node.kickOfNobody = 'User does not exist';
  room = await createRoom(tenant);
  await place(tenant, room);
});

afterEach(() => clock.release());

afterAll(async () => {
  await node.close();
  await world.close();
});

const kick = (name = 'ann', of = tenant) => of.delete(`/v1/rooms/${room}/participants/${name}`);
const kicks = (): number =>
  node.calls.filter((call) => call.startsWith(`DELETE /rooms/${room}/users/`)).length;
const removed = async () =>
  (await eventsOf(world, 'participant.removed')).filter(({ data }) => data['roomId'] === room);
/** The room's node is silent for the next who asks. */
const silenceOnce = () =>
  jest
    .spyOn(world.server.app.get(ErizoControllersService, { strict: false }), 'findAlive')
    .mockResolvedValueOnce(null);
const pending = async (): Promise<number> =>
  (
    await world.db
      .collection('participantRemovals')
      .find({ nextAt: { $exists: true } })
      .toArray()
  ).length;
const joined = (userName: string, participantId: string): Promise<unknown> =>
  report(node.client, node.id, { joined: [{ roomId: room, participantId, userName }] });

describe('a kick', () => {
  it('is confirmed when the node lists nobody of that name, and ends the session', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    expect((await kick()).status).toBe(204);
    expect(await removed()).toEqual([]);
    clock.advance(1_000);
    await until(async () => (await removed()).length > 0);
    expect((await removed())[0]?.data).toEqual({
      roomId: room,
      userName: 'ann',
      nodeId: node.id,
      requestedAt: expect.any(String),
    });
    expect(await stateOf(tenant, room)).toEqual(['ann removed']);
    expect(kicks()).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('is made again while the node lists them, after 1, 5, 15 and 31 seconds', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    clock.hold();
    await kick();
    let before = 0;
    for (const [index, second] of [1, 5, 15, 31].entries()) {
      node.join(room, 'ann');
      clock.advance((second - before) * 1_000);
      before = second;
      await until(() => kicks() === index + 2);
    }
    expect(await removed()).toEqual([]);
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    clock.advance(16_000);
    await until(async () => (await removed()).length === 1);
    expect(await stateOf(tenant, room)).toEqual(['ann removed']);
    expect(kicks()).toBe(5);
  });

  it('says removed of whom the node reports to have left meanwhile', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    await kick();
    await report(node.client, node.id, { left: [{ roomId: room, participantId: 'c1' }] });
    expect(await stateOf(tenant, room)).toEqual(['ann removed']);
    clock.advance(1_000);
    await until(async () => (await removed()).length > 0);
    expect(await removed()).toHaveLength(1);
  });

  it('leaves alone who was let in after it', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    await kick();
    await admit(world, tenant, { room, userName: 'ann', at: clock.now() + 1 });
    node.join(room, 'ann');
    clock.advance(500);
    await joined('ann', 'c2');
    clock.advance(1_000);
    await until(async () => (await pending()) === 0);
    expect(kicks()).toBe(1);
    expect(node.rooms.get(room)).toHaveLength(1);
    expect(await stateOf(tenant, room)).toEqual(['ann in', 'ann removed']);
  });

  it('waits for the one who stays beside who was let in after it, and removes neither', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    await kick();
    await admit(world, tenant, { room, userName: 'ann', at: clock.now() + 1 });
    node.join(room, 'ann');
    node.join(room, 'ann');
    clock.advance(500);
    await joined('ann', 'c2');
    const removals = world.db.collection('participantRemovals');
    const [before] = await removals.find({ nextAt: { $exists: true } }).toArray();
    clock.advance(1_000);
    const later = { nextAt: { $gt: before?.['nextAt'] as Date } };
    await until(async () => (await removals.countDocuments(later)) === 1);
    expect(kicks()).toBe(1);
    expect(await removed()).toEqual([]);
    node.rooms.get(room)?.pop();
    clock.advance(5_000);
    await until(async () => (await removed()).length === 1);
    expect(kicks()).toBe(1);
  });

  it('of somebody on a silent node is answered 503, and made when the node is back', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    silenceOnce();
    expectProblem(await kick(), 'NODE_UNAVAILABLE');
    expect(kicks()).toBe(0);
    clock.advance(1_000);
    await until(() => kicks() === 1);
    clock.advance(5_000);
    await until(async () => (await removed()).length === 1);
  });

  it('of nobody on a silent node is told of by no event', async () => {
    silenceOnce();
    expectProblem(await kick('nobody'), 'NODE_UNAVAILABLE');
    clock.advance(1_000);
    await until(async () => (await pending()) === 0);
    expect(await removed()).toEqual([]);
  });

  it('waits for a node that does not answer, and is answered 503 meanwhile', async () => {
    node.join(room, 'ann');
    await joined('ann', 'c1');
    const { controlUrl } = node;
    await node.client.patch(`/v1/nodes/${node.id}`, { controlUrl: 'http://127.0.0.1:9' });
    expectProblem(await kick(), 'NODE_UNAVAILABLE');
    clock.advance(60_000);
    // It is looked at in vain, and put off.
    const removals = world.db.collection('participantRemovals');
    const later = { userName: 'ann', nextAt: { $gt: new Date(clock.now()) } };
    await until(async () => (await removals.countDocuments(later)) === 1);
    expect(await removed()).toEqual([]);
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    await node.client.patch(`/v1/nodes/${node.id}`, { controlUrl });
    clock.advance(2_000);
    await until(() => kicks() === 1);
    clock.advance(60_000);
    await until(async () => (await removed()).length === 1);
  });

  it('on a node that was forgotten finds nobody, and leaves nothing behind', async () => {
    const forgotten = { erizoControllerId: new Types.ObjectId() };
    await world.db
      .collection('rooms')
      .updateOne({ _id: new Types.ObjectId(room) }, { $set: forgotten });
    expectProblem(await kick(), 'PARTICIPANT_NOT_FOUND');
    expect(await pending()).toBe(0);
  });

  it('of nobody leaves nothing behind', async () => {
    expectProblem(await kick('nobody'), 'PARTICIPANT_NOT_FOUND');
    expect(await pending()).toBe(0);
    expect(await removed()).toEqual([]);
  });

  it('is true when the room is gone', async () => {
    node.join(room, 'ann');
    await kick();
    await tenant.delete(`/v1/rooms/${room}`);
    clock.advance(1_000);
    await until(async () => (await removed()).length > 0);
    expect(kicks()).toBe(1);
  });

  it('is made again for a tenant without a log as well, without events', async () => {
    const silent = await world.server.createService('silent');
    room = await createRoom(silent);
    await place(silent, room);
    node.join(room, 'ann');
    expect((await kick('ann', silent)).status).toBe(204);
    node.join(room, 'ann');
    clock.advance(1_000);
    await until(() => kicks() === 2);
    clock.advance(4_000);
    await until(async () => (await pending()) === 0);
    expect(await removed()).toEqual([]);
    expect(node.rooms.get(room)).toEqual([]);
  });
});

it('removes somebody by id or name from all rooms that they are in, or from one', async () => {
  const rooms = [room, await createRoom(tenant), await createRoom(tenant)];
  for (const [index, id] of rooms.entries()) {
    const tokenId = await admit(world, tenant, { room: id, userName: 'ann', userId: 'a-1' });
    for (const name of ['ann', 'bob']) {
      node.join(id, name);
      const who = { roomId: id, participantId: `${name}${index}`, userName: name };
      await report(node.client, node.id, {
        joined: [{ ...who, ...(name === 'ann' && { tokenId }) }],
      });
    }
  }
  const participants = world.server.app.get(ParticipantsService, { strict: false });
  const service = new Types.ObjectId(tenant.credentials?.serviceId);
  const one = new Types.ObjectId(rooms[0]);
  const namesIn = (): (string | undefined)[] =>
    rooms.map((id) =>
      node.rooms
        .get(id)
        ?.map(({ name }) => name)
        .join(),
    );
  expect(await participants.removeEverywhere(service, { userName: 'bob' }, one)).toBe(1);
  expect(namesIn()).toEqual(['ann', 'ann,bob', 'ann,bob']);
  expect(await participants.removeEverywhere(service, { userId: 'a-1' })).toBe(3);
  expect(namesIn()).toEqual(['', 'bob', 'bob']);
  expect(await participants.removeEverywhere(service, { userName: 'bob' })).toBe(3);
  expect(namesIn()).toEqual(['', '', '']);
  clock.advance(1_000);
  await until(async () => (await pending()) === 0);
  for (const id of rooms) expect(await stateOf(tenant, id)).toEqual(['ann removed', 'bob removed']);
});
