import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { launchChromium, seriousFaults, visit } from '../app-demo/support/browser.js';
import { Receiver } from '../webhooks/support/receiver.js';
import { createWebhook, readWebhook } from '../webhooks/support/webhook-app.js';

jest.setTimeout(120_000);

const HOSTILE = '<img src=x onerror="document.title=1">';

describe('what the console shows of a service', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let tenant: ApiClient;
  let receiver: Receiver;
  let status = 500;

  beforeAll(async () => {
    app = await startTestApp();
    tenant = await app.createTenant(HOSTILE);
    receiver = await Receiver.start(() => status);
    browser = await launchChromium();
    ({ page, errors } = await visit(browser, `${app.url}/console`));
    await page.getByLabel('Superservice id').fill(SUPERSERVICE.serviceId);
    await page.getByLabel('Superservice key').fill(SUPERSERVICE.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Waiting for what happens.').waitFor();
  });

  afterAll(async () => {
    await browser.close();
    await receiver.close();
    await app.close();
  });

  const card = (title: string): Locator =>
    page.locator('section.card', { has: page.getByRole('heading', { name: title, level: 2 }) });
  const events = () => page.locator('#events .event-type').allTextContents();
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();

  async function createRoom(name: string): Promise<string> {
    return ((await tenant.post('/v1/rooms', { name })).json as { id: string }).id;
  }

  it('events, as they happen, whose names are text', async () => {
    await createRoom(HOSTILE);

    await page.locator('#events .event-room', { hasText: HOSTILE }).waitFor();

    expect(await events()).toEqual(['room.created']);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('Nuvem console');
  });

  it('no more of them while they are paused, and then those that came', async () => {
    await press('Pause');
    await createRoom('while paused');
    await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
    expect(await events()).toEqual(['room.created']);

    await press(/^Resume/);

    expect(await events()).toEqual(['room.created', 'room.created']);
    expect(await page.locator('#events .event-room').first().textContent()).toBe('while paused');
  });

  it('a ban of one room, and lifts it', async () => {
    await press('People in while paused');
    const panel = page.locator('.room-panel');
    await panel.getByText('Nobody was seen in this room.').waitFor();
    await panel.getByLabel('User name').fill('mallory');
    await panel.getByLabel('Minutes').fill('10');
    await panel.getByLabel('Reason').fill(HOSTILE);
    await press('Ban from while paused');

    await panel.locator('.banned', { hasText: 'mallory' }).waitFor();
    const rooms = (await tenant.get('/v1/rooms')).json as { items: { id: string; name: string }[] };
    const room = rooms.items.find(({ name }) => name === 'while paused')?.id;
    const { items } = (await tenant.get(`/v1/rooms/${room}/bans`)).json as {
      items: { userName: string; until: string; reason: string }[];
    };
    expect(items).toMatchObject([{ userName: 'mallory', reason: HOSTILE }]);
    const minutes = (Date.parse(items[0]?.until ?? '') - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(10);
    await page.locator('#events .event', { hasText: 'ban.created' }).waitFor();

    await press('Lift the ban of mallory from while paused');

    await panel.getByText('Nobody is kept out.').waitFor();
    expect((await tenant.get(`/v1/rooms/${room}/bans`)).json).toMatchObject({ items: [] });
  });

  it('a ban of all rooms, for good', async () => {
    const bans = card('Kept out of all rooms');
    await bans.getByLabel('User name').fill('eve');
    await bans.getByLabel('User name').press('Enter');
    await bans.locator('.banned', { hasText: 'eve' }).waitFor();
    const { items } = (await tenant.get('/v1/bans')).json as { items: object[] };
    expect(items).toMatchObject([{ userName: 'eve' }]);
    expect(items[0]).not.toHaveProperty('until');
    await bans.getByText('for good').waitFor();
  });

  it('only events of the kind that is asked for', async () => {
    await page.getByLabel('Kind of events').selectOption('ban.*');
    await page.getByText('Waiting for what happens.').waitFor();
    await createRoom('not shown');
    await press('Lift the ban of eve from all rooms');

    await page.locator('#events .event', { hasText: 'ban.lifted' }).waitFor();

    expect(await events()).toEqual(['ban.lifted']);
    await page.getByLabel('Kind of events').selectOption('*');
  });

  it('how a room stands, closes it and opens it again', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    await tenant.post('/v1/rooms', { name: 'office hour', endsAt });
    const row = page.locator('#rooms .row', { hasText: 'office hour' });
    await row.getByText(/ends /).waitFor();

    await press('Close office hour');
    await row.locator('.status', { hasText: 'Closed' }).waitFor();

    await press('Reopen office hour');
    await row.locator('.status', { hasText: 'Open' }).waitFor();
    const rooms = await tenant.get('/v1/rooms?name=office%20hour');
    expect(rooms.json).toMatchObject({ items: [{ status: 'open' }] });
  });

  it('a delivery that failed, and sends it again', async () => {
    const webhook = await createWebhook(tenant, receiver.url, { types: ['room.created'] });
    await createRoom('told');
    await receiver.first(1);
    await press(`Deliveries: ${receiver.url}`);
    const delivery = page.locator('.delivery');
    await delivery.getByText(/^1 attempt · last .*: 500 · next /).waitFor();
    await delivery.getByText('Pending').waitFor();
    status = 204;

    await press(/^Redeliver room\.created/);

    await delivery.getByText('Delivered').waitFor();
    await press(`Disable: ${receiver.url}`);
    await page.getByText('off: by request').waitFor();
    expect(await readWebhook(tenant, webhook.id)).toMatchObject({ enabled: false });
    await press(`Enable: ${receiver.url}`);
    await press(`Test: ${receiver.url}`);
    await page.getByText('The test was delivered').waitFor();
    expect(receiver.received.at(-1)?.event.type).toBe('webhook.test');
    status = 503;
    await press(`Test: ${receiver.url}`);
    await page.getByText('The test failed: it answered 503').waitFor();
  });

  it.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 390, height: 844 }],
  ] as const)('so that all of it can be read in %s, in a window of %j', async (scheme, size) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);

    expect(await seriousFaults(page)).toEqual([]);
    expect(
      await page.evaluate(
        'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
      ),
    ).toBe(true);
    // Rooms that no node has say so by a status.
    expect(errors.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
  });
});

it('events of all services, for the superservice itself', async () => {
  const app = await startTestApp();
  const browser = await launchChromium();
  try {
    const tenant = await app.createTenant('acme');
    const { page } = await visit(browser, `${app.url}/console`);
    await page.getByLabel('Superservice id').fill(SUPERSERVICE.serviceId);
    await page.getByLabel('Superservice key').fill(SUPERSERVICE.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Service', { exact: true }).selectOption(SUPERSERVICE.serviceId);
    await page.getByText('Waiting for what happens.').waitFor();

    await tenant.post('/v1/rooms', { name: 'of acme' });

    await page.locator('#events .event-room', { hasText: 'of acme' }).waitFor();
    expect(await page.locator('#events .event-type').first().textContent()).toBe('room.created');
  } finally {
    await browser.close();
    await app.close();
  }
});
