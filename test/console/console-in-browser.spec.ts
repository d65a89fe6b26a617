import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { SUPERSERVICE } from '../support/test-app.js';
import { launchChromium, seriousFaults, visit } from '../app-demo/support/browser.js';
import { WholeSystem } from '../app-demo/support/whole-system.js';

jest.setTimeout(90_000);

describe('the console in a real browser', () => {
  let browser: Browser;
  let system: WholeSystem;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    system = await WholeSystem.start();
    browser = await launchChromium();
    ({ page, errors } = await visit(browser, `${system.apiUrl}/console`));
  });

  afterAll(async () => {
    await browser.close();
    await system.close();
  });

  async function signIn(key: string): Promise<void> {
    await page.getByLabel('Superservice id').fill(SUPERSERVICE.serviceId);
    await page.getByLabel('Superservice key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function call(room: string, name: string): Promise<Page> {
    const visitor = await visit(browser, system.link({ room, name }));
    await visitor.page.getByRole('button', { name: 'Join' }).click();
    await visitor.page.getByText('Connected', { exact: true }).waitFor();
    return visitor.page;
  }

  it('does not let in who has no key', async () => {
    expect(await seriousFaults(page)).toEqual([]);

    await signIn('guessed');

    expect(await page.locator('#sign-in .notice').textContent()).toContain('key is wrong');
    // The browser reports the 401 that was asked for.
    expect(errors.splice(0)).toEqual([expect.stringContaining('401')]);
  });

  it('lets the superservice in, and asks no more in this tab', async () => {
    await signIn(SUPERSERVICE.key);
    await page.getByText('Live', { exact: true }).waitFor();

    await page.reload();

    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByLabel('Superservice key').isVisible()).toBe(false);
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
  });

  it('shows a room as soon as it is made, and who is in it', async () => {
    await call('planning', 'Ann');

    await page.getByRole('button', { name: 'People in planning' }).click();
    await page.locator('.participants li', { hasText: 'presenter' }).waitFor();

    expect(await page.locator('.participant').allTextContents()).toEqual(['Ann']);
  });

  it('counts the tokens that were issued', async () => {
    const issued = page.locator('#token-legend strong[data-series=issued]');

    await issued.getByText('1', { exact: true }).waitFor();

    expect(await page.locator('.chart rect.issued').count()).toBe(1);
  });

  it('kicks a participant', async () => {
    const ben = await call('planning', 'Ben');
    await page.getByRole('button', { name: 'Kick Ben' }).click();

    expect(await ben.locator('.notice strong').textContent()).toBe(
      'You were removed from the call',
    );
    await page.locator('.participant', { hasText: 'Ben' }).waitFor({ state: 'detached' });
  });

  it('shows who was in a room, and who still is', async () => {
    const sessions = page.locator('.session');

    await sessions.filter({ hasText: /^Ann.*in since/ }).waitFor();
    await sessions.filter({ hasText: /^Ben.* to .*: was removed$/ }).waitFor();
    expect(await sessions.count()).toBe(2);
  });

  it('drains a node, and lets it take rooms again', async () => {
    const state = page.locator('#nodes .status');
    await page.getByRole('button', { name: /^Drain/ }).click();
    await state.getByText('Draining').waitFor();
    const nodes = await system.superservice.get('/v1/nodes');
    expect(nodes.json).toMatchObject({ items: [{ draining: true }] });

    await page.getByRole('button', { name: /^Take new rooms/ }).click();

    await state.getByText('Available').waitFor();
    expect((await system.superservice.get('/v1/nodes')).json).toMatchObject({
      items: [{ draining: false }],
    });
  });

  it('finds a room by its name among many, and turns pages', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `class ${i}`);
    for (const name of names) await system.token(name, 'x');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('button', { name: 'People in class 23' }).waitFor();
    expect(await page.locator('#rooms .row').count()).toBe(5);

    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('Page 1').waitFor();
    await page.getByLabel('Exact room name').fill('class 7');
    await page.keyboard.press('Enter');

    await page.locator('#rooms .row').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('#rooms .row-title').allTextContents()).toEqual(['class 7']);
  });

  it('says when the API is away, and is live again when it is back', async () => {
    const restarted = system.restartApi();

    await page.getByText('The API does not answer.').waitFor();
    await restarted;
    await page.getByText('Live', { exact: true }).waitFor();

    expect(await page.locator('#trouble').isVisible()).toBe(false);
    // The browser reports each request that found nobody.
    expect(errors.splice(0).filter((text) => !/ERR_|Failed to load/.test(text))).toEqual([]);
  });

  it.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 390, height: 844 }],
  ] as const)('has no serious fault in %s, and fits a window of %j', async (scheme, size) => {
    // Colours that are still changing are nobody's to read.
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);

    expect(await seriousFaults(page)).toEqual([]);
    expect(
      await page.evaluate(
        'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
      ),
    ).toBe(true);
    expect(errors).toEqual([]);
  });

  it('forgets the key on signing out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByLabel('Superservice key').waitFor();
    expect(await page.evaluate('sessionStorage.getItem("nuvem.console")')).toBe(null);
  });
});
