import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookSender } from '../../src/webhooks/sending/webhook-sender.js';
import { Receiver, type Received } from './support/receiver.js';
import {
  createWebhook,
  deliveriesOf,
  eventually,
  happen,
  happenOften,
  readWebhook,
  ScheduleClock,
  type Delivery,
  type Webhook,
} from './support/webhook-app.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DELAYS = [
  5_000,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  DAY,
];

let server: TestApp;
let clock: ScheduleClock;
let tenant: ApiClient;
let receiver: Receiver;

beforeAll(async () => {
  server = await startTestApp();
  clock = new ScheduleClock(server);
});

beforeEach(async () => {
  tenant = await server.createTenant('tenant');
  receiver = await Receiver.start();
});

afterEach(() => receiver.close());
afterAll(() => server.close());

/** The one delivery of a webhook, once it is so. */
function delivery(id: string, isSo: (delivery: Delivery) => boolean): Promise<Delivery> {
  return eventually(
    async () => (await deliveriesOf(tenant, id))[0],
    (found) => found !== undefined && isSo(found),
  ) as Promise<Delivery>;
}

const switchedOff = (id: string): Promise<Webhook> =>
  eventually(
    () => readWebhook(tenant, id),
    ({ enabled }) => !enabled,
  );

async function eventsOf(type: string): Promise<{ data: unknown }[]> {
  const { json } = await tenant.get(`/v1/events?types=${type}`);
  return (json as { items: { data: unknown }[] }).items;
}

describe('what failed', () => {
  it('is sent again by the schedule, and then given up', async () => {
    receiver.respond = () => 500;
    const { id } = await createWebhook(tenant, receiver.url);
    const eventId = await happen(server, tenant);
    for (const [index, delay] of DELAYS.entries()) {
      const failed = await delivery(id, ({ attempts }) => attempts.length === index + 1);
      expect(failed.status).toBe('pending');
      const wait = clock.until(failed.nextAttemptAt);
      // What has passed since is little beside any of them.
      expect(wait).toBeGreaterThan(delay * 0.8 - 4_000);
      expect(wait).toBeLessThanOrEqual(delay * 1.2);
      clock.advance(wait);
    }
    const last = await delivery(id, ({ status }) => status === 'failed');
    expect(last).not.toHaveProperty('nextAttemptAt');
    expect(last.attempts).toHaveLength(10);
    expect(last.attempts[0]).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 500,
      durationMs: expect.any(Number),
      error: 'refused',
    });
    expect(receiver.ids).toEqual(Array(10).fill(eventId));
    expect(await readWebhook(tenant, id)).toMatchObject({ enabled: true });
  });

  it('waits for as long as Retry-After asks, up to a day', async () => {
    const asked = ['7200', new Date(Date.now() + 40 * DAY).toUTCString(), 'soon'];
    receiver.respond = (_, index) => ({
      status: 503,
      headers: { 'retry-after': asked[index] ?? '' },
    });
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    const waits: number[] = [];
    for (const count of [1, 2, 3]) {
      const failed = await delivery(id, ({ attempts }) => attempts.length === count);
      const wait = clock.until(failed.nextAttemptAt);
      waits.push(wait);
      clock.advance(wait);
    }
    expect(Math.ceil((waits[0] ?? 0) / MINUTE)).toBe(120);
    expect(Math.ceil((waits[1] ?? 0) / HOUR)).toBe(24);
    expect(waits[2]).toBeLessThanOrEqual(36 * MINUTE);
  });

  it.each([301, 302, 307, 308])('is what answers %i: no redirect is followed', async (status) => {
    const other = await Receiver.start();
    receiver.respond = () => ({ status, headers: { location: other.url } });
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    const { attempts } = await delivery(id, () => true);
    expect(attempts).toMatchObject([{ status, error: 'redirects are not followed' }]);
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('is what does not answer in time, or at all', async () => {
    const sender = server.app.get(WebhookSender);
    const { timeLimitMs } = sender;
    sender.timeLimitMs = 200;
    receiver.respond = () => new Promise<number>(() => undefined);
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    const { attempts } = await delivery(id, () => true);
    expect(attempts).toMatchObject([{ error: 'timeout' }]);
    expect(attempts[0]).not.toHaveProperty('status');
    sender.timeLimitMs = timeLimitMs;
    const { id: silent } = await createWebhook(tenant, receiver.url);
    await receiver.close();
    await happen(server, tenant);
    const refused = await delivery(silent, () => true);
    expect(refused.attempts).toMatchObject([{ error: 'connection refused' }]);
    receiver = await Receiver.start();
  });

  it('is all sent again where very many are due at once', async () => {
    receiver.respond = () => 500;
    const { id } = await createWebhook(tenant, receiver.url);
    const ids = await happenOften(server, tenant, 200);
    const allOf = (received: readonly Received[]): boolean =>
      new Set(received.map(({ event }) => event.id)).size === ids.length;
    await receiver.until(allOf);
    receiver.respond = () => 204;
    const before = receiver.received.length;
    clock.advance(10 * MINUTE);
    await receiver.until((received) => allOf(received.slice(before)));
    await eventually(
      () => deliveriesOf(tenant, id, '?limit=1&status=pending'),
      ({ length }) => length === 0,
    );
    const delivered = await deliveriesOf(tenant, id, '?limit=1000&status=delivered');
    expect(new Set(delivered.map(({ eventId }) => eventId))).toEqual(new Set(ids));
    expect(delivered.every(({ attempts }) => attempts.length > 1)).toBe(true);
  });
});

describe('a webhook', () => {
  it('that answers 410 is switched off at once, and its log tells so', async () => {
    receiver.respond = () => 410;
    const { id, url } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    expect(await switchedOff(id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
    const [event] = await eventually(
      () => eventsOf('webhook.disabled'),
      ({ length }) => length > 0,
    );
    expect(event?.data).toEqual({ webhook: { id, url }, reason: 'gone' });
    expect(await eventsOf('webhook.disabled')).toHaveLength(1);
  });

  it('that is switched on again goes on from where it was', async () => {
    receiver.respond = () => 410;
    const { id } = await createWebhook(tenant, receiver.url);
    const ids = [await happen(server, tenant)];
    await switchedOff(id);
    for (let count = 0; count < 3; count++) ids.push(await happen(server, tenant));
    receiver.respond = () => 204;
    const { json } = await tenant.patch(`/v1/webhooks/${id}`, { enabled: true });
    expect(json).not.toHaveProperty('disabledReason');
    await receiver.until((received) => received.length >= 5);
    clock.advance(MINUTE);
    // With the event that it was switched off.
    await receiver.until((received) => new Set(received.map(({ event }) => event.id)).size === 5);
    expect(receiver.ids).toEqual(expect.arrayContaining(ids));
  });

  it('that does nothing but fail for five days is switched off', async () => {
    receiver.respond = () => 500;
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    await delivery(id, ({ attempts }) => attempts.length === 1);
    clock.advance(2 * MINUTE);
    const failing = await eventually(
      () => readWebhook(tenant, id),
      ({ failingSince }) => failingSince !== undefined,
    );
    expect(clock.until(failing.failingSince)).toBeLessThan(-2 * MINUTE);
    clock.advance(4 * DAY);
    await happen(server, tenant);
    await delivery(id, ({ sequence }) => sequence === 2);
    expect(await readWebhook(tenant, id)).toMatchObject({ enabled: true });
    clock.advance(DAY);
    await happen(server, tenant);
    expect(await switchedOff(id)).toMatchObject({ disabledReason: 'failing' });
    const [event] = await eventually(
      () => eventsOf('webhook.disabled'),
      ({ length }) => length > 0,
    );
    expect(event?.data).toMatchObject({ reason: 'failing' });
  });

  it('that succeeds once in five days is not', async () => {
    receiver.respond = () => 500;
    const { id } = await createWebhook(tenant, receiver.url);
    await happen(server, tenant);
    await delivery(id, ({ attempts }) => attempts.length === 1);
    clock.advance(4 * DAY);
    receiver.respond = () => 200;
    await delivery(id, ({ status }) => status === 'delivered');
    receiver.respond = () => 500;
    clock.advance(2 * DAY);
    await happen(server, tenant);
    await delivery(id, ({ sequence, attempts }) => sequence === 2 && attempts.length > 0);
    expect(await readWebhook(tenant, id)).toMatchObject({ enabled: true });
  });
});
