import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../webhooks/support/webhook-app.js';
import { launchChromium, seriousFaults, visit } from './support/browser.js';
import { WholeSystem } from './support/whole-system.js';

jest.setTimeout(120_000);

const DEMO = 'nuvem-demo';

describe('the call page, told by the webhook of its backend', () => {
  let browser: Browser;
  let system: WholeSystem;

  beforeAll(async () => {
    system = await WholeSystem.start();
    await eventually(
      () => system.superservice.get('/v1/services'),
      ({ text }) => text.includes(`"${DEMO}"`),
    );
    const { service } = await system.find('none');
    await eventually(
      () => system.tenant(service).get('/v1/webhooks'),
      ({ text }) => text.includes('/webhook"'),
    );
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await system.close();
  });

  async function join(query: Record<string, string>): Promise<Page> {
    const { page } = await visit(browser, system.link(query));
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    return page;
  }

  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

  it('shows that its room ends, counts down, and says so in the end', async () => {
    const page = await join({ room: 'ends', name: 'Ann' });
    const ending = page.locator('#ending');
    expect(await ending.isVisible()).toBe(false);
    const { service, room } = await system.find('ends');
    const change = (endsAt: string | null) =>
      system.tenant(service).patch(`/v1/rooms/${room}`, { endsAt });

    await change(inSeconds(602));
    await ending.getByText('This room ends in 10 minutes').waitFor();
    expect(await page.locator('#toast').textContent()).toBe('This room ends in 10 minutes');
    expect(await seriousFaults(page)).toEqual([]);

    await change(null);
    await ending.waitFor({ state: 'hidden' });

    await change(inSeconds(5));
    await ending.getByText(/This room ends in [34] seconds/).waitFor();
    await ending.getByText('This room ends in 1 second', { exact: true }).waitFor();

    expect(await page.locator('.notice strong').textContent()).toBe('This room has ended');
    expect(await ending.isVisible()).toBe(false);
  });

  it('makes a room that ends, by its link, and tells whoever comes late', async () => {
    const page = await join({ room: 'short', name: 'Ann', minutes: '5' });

    await page.locator('#ending').getByText('This room ends in 5 minutes').waitFor();

    expect(new URL(page.url()).searchParams.get('minutes')).toBe('5');
  });

  it('says who was removed', async () => {
    const ann = await join({ room: 'strict', name: 'Ann' });
    await join({ room: 'strict', name: 'Ben' });
    const { service, room } = await system.find('strict');

    await system.tenant(service).delete(`/v1/rooms/${room}/participants/Ben`);

    const told = ann.getByText('Ben was removed');
    await told.waitFor();
    expect(await told.getAttribute('role')).toBe('status');
  });
});
