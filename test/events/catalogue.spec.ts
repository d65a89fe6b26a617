import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { EVENT_CATALOGUE } from '../../src/openapi/document/events/event-catalogue.js';
import { EVENT_TYPES } from '../../src/outbox/event-types.js';
import { until } from '../amqp/harness.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { EventSchemas } from '../support/event-schemas.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Receiver } from '../webhooks/support/receiver.js';
import { createWebhook, idOf, ScheduleClock } from '../webhooks/support/webhook-app.js';

jest.setTimeout(120_000);

interface Event {
  type: string;
  data: Record<string, unknown>;
}

let server: TestApp;
let clock: ScheduleClock;
let schemas: EventSchemas;
let tenant: ApiClient;
let node: FakeNode;
let other: FakeNode;
let receiver: Receiver;
/** All that was read of the log, which is the installation's. */
const events: Event[] = [];
let after = '0';

beforeAll(async () => {
  server = await startTestApp({ CONTROLLER_TIMEOUT_SECONDS: '5' });
  clock = new ScheduleClock(server);
  schemas = await EventSchemas.of(server);
  tenant = await server.createTenant('tenant', { eventLog: 'all' });
  const media = await server.createService('nodes', 'node');
  node = await FakeNode.start(media, { region: 'eu-west' });
  node.kickOfNobody = 'User does not exist';
  node.keepBeating();
  receiver = await Receiver.start();
});

afterAll(async () => {
  await other.close();
  await receiver.close();
  await server.close();
});

async function ok(answer: Promise<Answer>): Promise<Answer> {
  const { status, text } = await answer;
  expect([status < 300, text]).toEqual([true, expect.anything()]);
  return answer;
}

const made = async (path: string, body: object): Promise<string> =>
  idOf(await ok(tenant.post(path, body)));
const createRoom = (settings: object = {}): Promise<string> =>
  made('/v1/rooms', { name: 'room', data: { color: 'red' }, ...settings });
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** Waits until the log tells so often of it. */
async function told(type: string, count = 1): Promise<void> {
  const isTold = (): boolean => events.filter((event) => event.type === type).length >= count;
  while (!isTold()) {
    const { json } = await server.superservice.get(`/v1/events?after=${after}&wait=25`);
    const page = json as { items: Event[]; next: string };
    if (page.items.length === 0) throw new Error(`Nothing tells of ${type}`);
    events.push(...page.items);
    after = page.next;
  }
}

async function livesOfRooms(): Promise<void> {
  const room = `/v1/rooms/${await createRoom({ endsAt: inSeconds(7200), maxParticipants: 2 })}`;
  await ok(tenant.patch(room, { name: 'changed' }));
  await ok(tenant.post(`${room}/close`));
  await ok(tenant.post(`${room}/reopen`));
  await ok(tenant.delete(room));
  await told('room.deleted');
}

async function tokensAndBans(room: string): Promise<void> {
  const person = { userName: 'ann', role: 'presenter', userId: 'u1', metadata: { plan: 'pro' } };
  const { json } = await ok(tenant.post(`${room}/tokens`, person));
  const { token } = json as { token: string };
  await ok(node.client.post('/v1/tokens/redeem', { token }));
  expect((await server.superservice.post('/v1/tokens/redeem', { token })).status).toBe(410);
  await ok(tenant.delete(`${room}/tokens/${await made(`${room}/tokens`, person)}`));
  for (const path of [`${room}/bans`, '/v1/bans']) {
    const ban = { userId: 'u9', until: inSeconds(86_400), reason: 'spam' };
    await ok(tenant.delete(`${path}/${await made(path, ban)}`));
  }
  await told('ban.lifted', 2);
}

async function participants(room: string, roomId: string): Promise<void> {
  const report = (body: object) => ok(node.client.post(`/v1/nodes/${node.id}/participants`, body));
  const joined = ['ann', 'bob'].map((userName) => ({ roomId, participantId: userName, userName }));
  await report({ joined });
  await report({ left: [{ roomId, participantId: 'ann' }] });
  node.join(roomId, 'bob');
  await ok(tenant.delete(`${room}/participants/bob`));
  clock.advance(1_100);
  await told('participant.removed');
  await told('participant.left', 2);
}

async function roomsOfTime(): Promise<void> {
  await createRoom({ notBefore: inSeconds(60), endsAt: inSeconds(1_000) });
  await createRoom({ endsAt: inSeconds(1_000), afterEnd: 'delete' });
  clock.advance(100_000);
  await told('room.opened', 2);
  clock.advance(400_000);
  await told('room.ending', 2);
  clock.advance(600_000);
  await told('room.closed', 3);
  await told('room.deleted', 2);
}

async function nodes(room: string): Promise<void> {
  await ok(node.client.patch(`/v1/nodes/${node.id}`, { draining: true }));
  await ok(node.client.patch(`/v1/nodes/${node.id}`, { draining: false }));
  await told('node.draining', 2);
  await node.close();
  other = await FakeNode.start(node.client, { hostname: 'other.test', port: 8081 });
  other.keepBeating();
  await until(async () => {
    const body = { userName: 'ann', role: 'presenter' };
    const { json } = await tenant.post(`${room}/tokens`, body);
    return (json as { host?: string }).host === 'other.test:8081';
  });
  await told('node.lost');
  await told('room.moved');
  const recovered = events.filter(({ type }) => type === 'node.recovered').length;
  await ok(node.beat());
  await told('node.recovered', recovered + 1);
}

async function webhooks(): Promise<void> {
  const { id } = await createWebhook(tenant, receiver.url);
  await ok(tenant.post(`/v1/webhooks/${id}/test`));
  await createRoom();
  await receiver.first(2);
  receiver.respond = () => 410;
  await createRoom();
  await told('webhook.disabled');
}

it('each type of event happens, and is as its schema says', async () => {
  await livesOfRooms();
  const roomId = await createRoom();
  const room = `/v1/rooms/${roomId}`;
  await tokensAndBans(room);
  await participants(room, roomId);
  await roomsOfTime();
  await nodes(room);
  await webhooks();

  const sent = receiver.received.map(({ event }) => event);
  expect([...events, ...sent].flatMap((event) => schemas.misfit(event) ?? [])).toEqual([]);
  expect(events.flatMap((event) => schemas.misfitOfUnion(event) ?? [])).toEqual([]);
  const seen = new Set([...events, ...sent].map(({ type }) => type));
  expect([...EVENT_TYPES, 'webhook.test'].filter((type) => !seen.has(type))).toEqual([]);
  expect(schemas.types.filter((type) => !seen.has(type))).toEqual([]);
});

it('a field that no schema has, and one that is left out, are seen', () => {
  const more = { ...(events[0] as Event), more: 1 };
  expect(schemas.misfit(more)).toMatch(/additional properties/);
  expect(schemas.misfit({ type: 'room.created' })).toMatch(/required property/);
  expect(schemas.misfit({ type: 'room.painted' })).toMatch(/no schema/);
});

it('the guide lists each type, in order, and when it happens', async () => {
  const guide = await readFile(new URL('../../docs/guides/events.md', import.meta.url), 'utf8');
  const rows = guide
    .split('\n')
    .filter((line) => /^\| `[a-z]+\.[a-z]+`/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, type, when]) => [type?.replaceAll('`', ''), when]);
  expect(rows).toEqual(Object.entries(EVENT_CATALOGUE).map(([type, { when }]) => [type, when]));
});
