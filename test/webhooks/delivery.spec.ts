import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Receiver, verify } from './support/receiver.js';
import {
  createWebhook,
  deliveriesOf,
  eventually,
  happen,
  happenOften,
} from './support/webhook-app.js';

let server: TestApp;
let tenant: ApiClient;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestApp();
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  receiver = await Receiver.start();
});

afterEach(() => receiver.close());
afterAll(() => server.close());

describe('an event', () => {
  it('is sent as the log shows it, signed as Standard Webhooks has it', async () => {
    const { secret } = await createWebhook(tenant, receiver.url);
    const room = new Types.ObjectId();
    const id = await happen(server, tenant, {
      type: 'room.created',
      room,
      data: { a: 'ä', $b: 1 },
    });
    const [received] = await receiver.first(1);
    if (!received) throw new Error('Nothing was received');
    const { headers, event } = received;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'user-agent': expect.stringMatching(/^nuvem\/\d/),
    });
    expect(verify(received, secret)).toEqual(event);
    const { json } = await tenant.get('/v1/events');
    expect((json as { items: unknown[] }).items).toEqual([event]);
    expect(event).toMatchObject({ id, type: 'room.created', roomId: room.toHexString() });
  });

  it('is sent to each webhook that wants it', async () => {
    const [room, other] = [new Types.ObjectId(), new Types.ObjectId()];
    const others = await Promise.all([Receiver.start(), Receiver.start(), Receiver.start()]);
    const [ofType, ofKind, ofRoom] = others;
    await createWebhook(tenant, receiver.url);
    await createWebhook(tenant, `${ofType?.url}`, { types: ['token.redeemed'] });
    await createWebhook(tenant, `${ofKind?.url}`, { types: ['participant.*', 'room.closed'] });
    await createWebhook(tenant, `${ofRoom?.url}`, { rooms: [room.toHexString()] });
    const sent = [
      { type: 'token.redeemed', room: other },
      { type: 'participant.joined', room },
      { type: 'ban.created' },
      { type: 'room.closed', room: other },
      { type: 'room.closed', room },
    ] as const;
    for (const each of sent) await happen(server, tenant, each);
    const typesAt = async (each: Receiver | undefined, count: number): Promise<string[]> =>
      ((await each?.first(count)) ?? []).map(({ event }) => event.type).sort();
    expect(await typesAt(receiver, 5)).toEqual(sent.map(({ type }) => type).sort());
    expect(await typesAt(ofType, 1)).toEqual(['token.redeemed']);
    expect(await typesAt(ofKind, 3)).toEqual(['participant.joined', 'room.closed', 'room.closed']);
    expect(await typesAt(ofRoom, 2)).toEqual(['participant.joined', 'room.closed']);
    // What comes last shows that nothing else came before.
    await happen(server, tenant, { type: 'token.redeemed', room });
    await Promise.all([ofType?.first(2), ofRoom?.first(3)]);
    expect(others.map(({ received }) => received.length)).toEqual([2, 3, 3]);
    await Promise.all(others.map((each) => each.close()));
  });

  it('is sent to webhooks that were there when it happened', async () => {
    await happen(server, tenant);
    await eventually(
      async () => (await tenant.get('/v1/events')).json as { items: unknown[] },
      ({ items }) => items.length === 1,
    );
    await createWebhook(tenant, receiver.url);
    const id = await happen(server, tenant);
    await receiver.first(1);
    expect(receiver.ids).toEqual([id]);
  });

  it('of one room is sent when the one before was answered, and of others beside it', async () => {
    const rooms = Array.from({ length: 8 }, () => new Types.ObjectId());
    const open = new Map<string, number>();
    let [most, together] = [0, 0];
    receiver.respond = async ({ event: { roomId = '' } }) => {
      const count = (open.get(roomId) ?? 0) + 1;
      open.set(roomId, count);
      most = Math.max(most, count);
      together = Math.max(together, [...open.values()].filter((each) => each > 0).length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open.set(roomId, count - 1);
      return 200;
    };
    await createWebhook(tenant, receiver.url);
    await happenOften(server, tenant, 80, (index) => ({ room: rooms[index % rooms.length] }));
    await receiver.first(80);
    expect(most).toBe(1);
    expect(together).toBeGreaterThan(1);
    for (const room of rooms) {
      const own = receiver.received
        .filter(({ event }) => event.roomId === room.toHexString())
        .map(({ event }) => event.sequence);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it('that failed holds up no other of its room', async () => {
    const room = new Types.ObjectId();
    receiver.respond = (_, index) => (index === 0 ? 500 : 200);
    await createWebhook(tenant, receiver.url);
    const ids = [await happen(server, tenant, { room }), await happen(server, tenant, { room })];
    await receiver.first(2);
    expect(receiver.ids).toEqual(ids);
  });

  it('comes at least once where a third of all attempts fail', async () => {
    receiver.respond = (_, index) => (index % 3 === 0 ? 503 : 200);
    const { id } = await createWebhook(tenant, receiver.url);
    const ids = await happenOften(server, tenant, 60);
    // By then each was tried, and what failed is written down.
    const deliveries = await eventually(
      () => deliveriesOf(tenant, id),
      ({ length }) => length === 50,
    );
    expect(new Set(receiver.ids)).toEqual(new Set(ids));
    const pending = deliveries.filter(({ status }) => status === 'pending');
    expect(pending.length).toBeGreaterThan(5);
    for (const each of pending) {
      await tenant.post(`/v1/webhooks/${id}/deliveries/${each.id}/redeliver`);
    }
    receiver.respond = () => 200;
    await eventually(
      () => deliveriesOf(tenant, id, '?limit=1000'),
      (all) => all.filter(({ status }) => status === 'delivered').length === 60,
    );
  });
});

describe('a slow webhook', () => {
  it('holds up no other', async () => {
    const slow = await Receiver.start(() => new Promise<number>(() => undefined));
    await createWebhook(tenant, slow.url);
    await createWebhook(tenant, receiver.url);
    const ids = await happenOften(server, tenant, 100);
    await receiver.first(100);
    expect(new Set(receiver.ids)).toEqual(new Set(ids));
    // As many as it has under way at once.
    await slow.first(16);
    expect(slow.received).toHaveLength(16);
    await slow.close();
  });
});
