import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { until } from '../amqp/harness.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  admit,
  createRoom,
  eventsOf,
  place,
  report,
  sessionsOf,
  startWorld,
  stateOf,
  type World,
} from './support.js';

let world: World;
let second: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  world = await startWorld({ CONTROLLER_TIMEOUT_SECONDS: '60' });
  second = await startTestApp({ MONGODB_URI: world.server.databaseUri });
  tenant = await world.server.createTenant('tenant');
  node = await FakeNode.start(await world.server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  room = await createRoom(tenant);
  await place(tenant, room);
});

afterAll(async () => {
  await node.close();
  await second.close();
  await world.close();
});

const tell = (body: object, client = node.client) => report(client, node.id, body);
const joined = (participantId: string, userName: string, more: object = {}): object => ({
  joined: [{ roomId: room, participantId, userName, ...more }],
});
const left = (participantId: string, more: object = {}): object => ({
  left: [{ roomId: room, participantId, ...more }],
});
const inRoom = async (type: string) =>
  (await eventsOf(world, type)).filter(
    ({ data }) => (data['participant'] as { roomId: string }).roomId === room,
  );

describe('POST /v1/nodes/:node/participants', () => {
  it('ends sessions when the room is closed, and begins none in it', async () => {
    await tell(joined('c1', 'ann'));
    expect((await tenant.post(`/v1/rooms/${room}/close`)).status).toBe(200);
    await until(async () => (await sessionsOf(tenant, room))[0]?.leftAt !== undefined);
    expect(await sessionsOf(tenant, room)).toEqual([
      expect.objectContaining({ userName: 'ann', reason: 'room_closed' }),
    ]);
    expectJson(await tell(joined('c2', 'bob')), {
      refused: [{ roomId: room, participantId: 'c2' }],
    });
    expect(await sessionsOf(tenant, room)).toHaveLength(1);
  });

  it('begins and ends sessions, with events that show them', async () => {
    const tokenId = await admit(world, tenant, {
      room,
      userName: 'bob',
      userId: 'b-1',
      metadata: '{"team":"red"}',
    });
    expectJson(await tell(joined('c1', 'bob', { tokenId })), { refused: [] });
    const [session] = await sessionsOf(tenant, room);
    expect(session).toEqual({
      sessionId: expect.stringMatching(/^[0-9a-f]{24}$/),
      roomId: room,
      userName: 'bob',
      role: 'presenter',
      userId: 'b-1',
      metadata: { team: 'red' },
      nodeId: node.id,
      joinedAt: expect.any(String),
      source: 'reported',
    });
    await tell(left('c1'));
    const [ended] = await sessionsOf(tenant, room);
    expect(ended).toEqual({ ...session, leftAt: expect.any(String), reason: 'left' });
    expect(await inRoom('participant.')).toEqual([
      { type: 'participant.joined', data: { participant: session } },
      { type: 'participant.left', data: { participant: ended } },
    ]);
  });

  it('takes what is told twice once, at once and after the person has left, on all instances', async () => {
    const body = joined('c1', 'ann', { joinedAt: new Date().toISOString() });
    const clients = [node.client, node.client.at(second.url)];
    await Promise.all(Array.from({ length: 10 }, (_, n) => tell(body, clients[n % 2])));
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    await Promise.all(Array.from({ length: 10 }, (_, n) => tell(left('c1'), clients[n % 2])));
    await tell(body);
    expect(await stateOf(tenant, room)).toEqual(['ann left']);
    const types = (await inRoom('participant.')).map(({ type }) => type);
    expect(types).toEqual(['participant.joined', 'participant.left']);
  });

  it('believes no time of the future, none before the room, and no leaving before the coming', async () => {
    const before = Date.now();
    await tell(joined('future', 'ann', { joinedAt: '2100-01-01T00:00:00Z' }));
    await tell(joined('past', 'bob', { joinedAt: '2000-01-01T00:00:00Z' }));
    await tell(left('past', { leftAt: '2001-01-01T00:00:00Z', reason: 'timeout' }));
    const { json } = await tenant.get(`/v1/rooms/${room}`);
    const { createdAt } = json as { createdAt: string };
    const [ann, bob] = await sessionsOf(tenant, room);
    expect(Date.parse(ann?.joinedAt ?? '')).toBeGreaterThan(before - 60_000);
    expect(Date.parse(ann?.joinedAt ?? '')).toBeLessThan(Date.now() + 60_000);
    expect(bob).toMatchObject({ joinedAt: createdAt, leftAt: createdAt, reason: 'timeout' });
  });

  it('names whom it does not take: in rooms that are not on the node', async () => {
    const elsewhere = await createRoom(tenant);
    const answer = await tell({
      joined: [elsewhere, UNKNOWN_ID, room].map((roomId) => ({
        roomId,
        participantId: 'c1',
        userName: 'ann',
      })),
      left: [{ roomId: UNKNOWN_ID, participantId: 'c1' }],
    });
    expectJson(answer, {
      refused: [elsewhere, UNKNOWN_ID].map((roomId) => ({ roomId, participantId: 'c1' })),
    });
    expect(await stateOf(tenant, room)).toEqual(['ann in']);
    expect(await stateOf(tenant, elsewhere)).toEqual([]);
  });

  it('keeps nothing of a tenant without an event log', async () => {
    const silent = await world.server.createService('silent');
    room = await createRoom(silent);
    await place(silent, room);
    expectJson(await tell(joined('c1', 'ann')), { refused: [] });
    expect(await stateOf(silent, room)).toEqual([]);
  });

  it('refuses what is none, and who may not', async () => {
    expectProblem(await tell(joined('', 'ann')), 'INVALID_REQUEST', 'joined');
    expectProblem(await tell(joined('c1', 'ann', { other: 1 })), 'INVALID_REQUEST', 'joined');
    expectProblem(await tell(left('c1', { reason: 'node_lost' })), 'INVALID_REQUEST', 'left');
    const many = Array.from({ length: 251 }, () => ({ roomId: room, participantId: 'c' }));
    const tooMany = { joined: many.map((one) => ({ ...one, userName: 'a' })), left: many };
    expectProblem(await tell(tooMany), 'INVALID_REQUEST', 'joined', 'left');
    expectProblem(await tell({}, tenant), 'FORBIDDEN');
    const others = await world.server.createService('others', 'node');
    expectProblem(await tell({}, others), 'NODE_NOT_FOUND');
    expect((await tell({}, world.server.superservice)).status).toBe(200);
    expectProblem(await report(node.client, 'x', {}), 'NODE_NOT_FOUND');
  });
});

describe('GET /v1/rooms/:room/sessions', () => {
  it('lists those who are in first, then the latest, by pages and filters', async () => {
    const time = (second: number): string => new Date(Date.now() + 100 * second).toISOString();
    for (const [index, name] of ['ann', 'bob', 'cleo', 'dan', 'ann', 'eve', 'fay'].entries()) {
      await tell(joined(`c${index}`, name, { joinedAt: time(index - 100) }));
    }
    for (const id of ['c0', 'c2', 'c5']) await tell(left(id));
    const names = async (query = ''): Promise<string> =>
      (await sessionsOf(tenant, room, query)).map(({ userName }) => userName).join(' ');
    // The room was made after all of them.
    const everyone = (await names()).split(' ');
    expect(everyone.slice(0, 4).sort()).toEqual(['ann', 'bob', 'dan', 'fay']);
    expect(everyone.slice(4).sort()).toEqual(['ann', 'cleo', 'eve']);
    expect((await names('&open=true')).split(' ').sort()).toEqual(['ann', 'bob', 'dan', 'fay']);
    expect((await names('&open=false')).split(' ').sort()).toEqual(['ann', 'cleo', 'eve']);
    expect(await names('&userName=ann')).toBe('ann ann');
    expect(await names('&userName=ann&open=true')).toBe('ann');
    expect(await names('&userId=nobody')).toBe('');
    const path = `/v1/rooms/${room}/sessions`;
    const both = await tenant.get(`${path}?userName=a&userId=b`);
    expectProblem(both, 'INVALID_REQUEST', 'userName', 'userId');
    expectProblem(await tenant.get(`${path}?cursor=WyJ4Il0`), 'INVALID_REQUEST', 'cursor');
  });

  it("of a deleted room are kept, and ended; another tenant's are not there", async () => {
    await tell(joined('c1', 'ann'));
    const other = await world.server.createTenant('other');
    expectProblem(await other.get(`/v1/rooms/${room}/sessions`), 'ROOM_NOT_FOUND');
    expect((await tenant.delete(`/v1/rooms/${room}`)).status).toBe(204);
    await until(async () => (await stateOf(tenant, room)).includes('ann room_closed'));
    expectProblem(await other.get(`/v1/rooms/${room}/sessions`), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${UNKNOWN_ID}/sessions`), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get('/v1/rooms/x/sessions'), 'ROOM_NOT_FOUND');
  });

  it('go with their service', async () => {
    const doomed = await world.server.createTenant('doomed');
    room = await createRoom(doomed);
    await place(doomed, room);
    await tell(joined('c1', 'ann'));
    expect(await stateOf(doomed, room)).toEqual(['ann in']);
    const { serviceId = '' } = doomed.credentials ?? {};
    await world.server.superservice.delete(`/v1/services/${serviceId}`);
    const found = await world.db.collection('sessions').find().toArray();
    expect(found.filter(({ service }) => String(service) === serviceId)).toEqual([]);
  });
});
