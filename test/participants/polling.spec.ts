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
import type { ApiClient } from '../support/api-client.js';
import { until } from '../amqp/harness.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import type { TestClock } from '../support/test-clock.js';
import { silence } from '../erizo-controllers/support.js';
import {
  admit,
  createRoom,
  eventsOf,
  movedClock,
  place,
  report,
  sessionsOf,
  startWorld,
  stateOf,
  type World,
} from './support.js';

jest.setTimeout(60_000);

let world: World;
let second: TestApp;
let clocks: TestClock[];
let tenant: ApiClient;
let nodeClient: ApiClient;
let node: FakeNode;
let room: string;
let port = 9000;

beforeAll(async () => {
  const settings = { CONTROLLER_TIMEOUT_SECONDS: '600', MAUTH_WINDOW_SECONDS: '86400' };
  world = await startWorld(settings);
  second = await startTestApp({ ...settings, MONGODB_URI: world.server.databaseUri });
  clocks = [movedClock(world.server), movedClock(second)];
  tenant = await world.server.createTenant('tenant');
  nodeClient = await world.server.createService('nodes', 'node');
});

beforeEach(async () => {
  node = await FakeNode.start(nodeClient, { port: ++port });
  room = await createRoom(tenant);
  await place(tenant, room);
});

afterEach(async () => {
  await node.client.delete(`/v1/nodes/${node.id}`);
  await node.close();
});

afterAll(async () => {
  await second.close();
  await world.close();
});

const isState = async (...expected: string[]): Promise<boolean> =>
  JSON.stringify(await stateOf(tenant, room)) === JSON.stringify(expected);
/** Ten seconds later rooms are looked at again. */
const later = (ms = 10_000): void => clocks.forEach((clock) => clock.advance(ms));
const now = (): number => clocks[0]?.now() ?? 0;
const leave = (name: string): void => {
  const users = node.rooms.get(room) ?? [];
  const index = users.findIndex((user) => user.name === name);
  node.rooms.set(room, users.toSpliced(index, 1));
};
const admitted = (userName: string) => admit(world, tenant, { room, userName, at: now() });

describe('a node that does not report', () => {
  it('is asked who is in, and joins and leavings are told of once', async () => {
    await admitted('ann');
    node.join(room, 'ann');
    await until(() => isState('ann in'));
    await admitted('ann');
    node.join(room, 'ann');
    await admitted('bob');
    node.join(room, 'bob', 'viewer');
    await until(() => isState('ann in', 'ann in', 'bob in'));
    leave('ann');
    later();
    await until(() => isState('ann in', 'ann left', 'bob in'));
    leave('bob');
    later();
    await until(() => isState('ann in', 'ann left', 'bob left'));
    await admitted('bob');
    node.join(room, 'bob');
    await until(() => isState('ann in', 'ann left', 'bob in', 'bob left'));
    const all = await sessionsOf(tenant, room);
    expect(new Set(all.map(({ source }) => source))).toEqual(new Set(['polled']));
    const events = (await eventsOf(world, 'participant.')).filter(
      ({ data }) => (data['participant'] as { roomId: string }).roomId === room,
    );
    expect(events.filter(({ type }) => type === 'participant.joined')).toHaveLength(4);
    expect(events.filter(({ type }) => type === 'participant.left')).toHaveLength(2);
  });

  it('ends nobody by not answering, and those who are gone once it does', async () => {
    await admitted('ann');
    node.join(room, 'ann');
    await until(() => isState('ann in'));
    const { rooms } = node;
    const asked = (): number => node.calls.filter((call) => call.startsWith('GET')).length;
    Object.defineProperty(node, 'rooms', { value: { get: () => 'nonsense' }, configurable: true });
    const before = asked();
    later();
    await until(() => asked() > before);
    later();
    await until(() => asked() > before + 1);
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    rooms.delete(room);
    Object.defineProperty(node, 'rooms', { value: rooms });
    later();
    await until(() => isState('ann left'));
  });

  it('is asked no longer once it reports, and by that whom it was found with is known', async () => {
    await admitted('ann');
    node.join(room, 'ann');
    await until(() => isState('ann in'));
    const joined = [{ roomId: room, participantId: 'c1', userName: 'ann' }];
    expect((await report(node.client, node.id, { joined })).status).toBe(200);
    expect(await sessionsOf(tenant, room)).toMatchObject([{ source: 'reported' }]);
    node.rooms.delete(room);
    await report(node.client, node.id, { left: [{ roomId: room, participantId: 'c1' }] });
    expect(await stateOf(tenant, room)).toEqual(['ann left']);
  });

  it('costs nothing for a tenant without a log', async () => {
    const silent = await world.server.createService('silent');
    const theirs = await createRoom(silent);
    await admit(world, silent, { room: theirs, userName: 'ann', at: now() });
    node.join(theirs, 'ann');
    await admitted('ann');
    node.join(room, 'ann');
    await until(() => isState('ann in'));
    expect(node.calls).not.toContain(`GET /rooms/${theirs}/users`);
    expect(await stateOf(silent, theirs)).toEqual([]);
  });
});

describe('a node that is lost', () => {
  it('ends its sessions when it is given up, and has new ones when it is back', async () => {
    await admitted('ann');
    node.join(room, 'ann');
    await until(() => isState('ann in'));
    await silence(world.server.databaseUri, node.id, 5_000);
    await until(() => isState('ann node_lost'));
    await node.beat();
    await until(() => isState('ann in', 'ann node_lost'));
    expect(node.calls).toContain(`GET /rooms/${room}/users`);
  });

  it('ends its sessions when it is removed', async () => {
    const joined = [{ roomId: room, participantId: 'c1', userName: 'ann' }];
    await report(node.client, node.id, { joined });
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    await node.client.delete(`/v1/nodes/${node.id}`);
    later();
    await until(() => isState('ann node_lost'));
    expect(await sessionsOf(tenant, room)).toMatchObject([{ reason: 'node_lost' }]);
  });
});

it('ends the sessions of a room whose node lists nobody whom it told of', async () => {
  const joined = [{ roomId: room, participantId: 'c1', userName: 'ann' }];
  await report(node.client, node.id, { joined });
  await admitted('ann');
  await until(async () => {
    later(20_000);
    return isState('ann timeout');
  });
  expect(node.calls).toContain(`GET /rooms/${room}/users`);
});
