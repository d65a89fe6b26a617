import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ERRORS } from '../../src/common/errors/error-catalog.js';
import type { Problem } from '../../src/common/errors/send-error.js';
import { launchChromium, seriousFaults, visit } from '../app-demo/support/browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('the page of errors', () => {
  let server: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestApp();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('is where the type of a problem leads: to the row of its code', async () => {
    const { json } = await server.superservice.get('/v1/nothing');
    const { type, detail } = json as Problem;
    const { page, errors } = await visit(browser, new URL(type, server.url).href);
    const row = page.locator(':target');
    await row.getByText('RESOURCE_NOT_FOUND').waitFor();
    expect(await row.textContent()).toContain(detail);
    expect(errors).toEqual([]);
  });

  it('has a row for each code', async () => {
    const { page } = await visit(browser, `${server.url}/docs/errors`);
    const ids = await page.locator('[id]').evaluateAll((rows) => rows.map(({ id }) => id));
    expect(ids).toEqual(Object.keys(ERRORS));
  });

  it.each(['light', 'dark'] as const)('can be read in %s', async (colorScheme) => {
    const { page } = await visit(browser, `${server.url}/docs/errors#ROOM_FULL`, { colorScheme });
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('leads back to the API', async () => {
    const { page } = await visit(browser, `${server.url}/docs/errors`);
    await page.getByRole('link', { name: 'Nuvem API' }).click();
    await page.waitForURL('**/docs/');
    expect(page.url()).toBe(`${server.url}/docs/`);
  });
});
