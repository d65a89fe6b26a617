import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, visit } from '../app-demo/support/browser.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('the documentation page, in a real browser', () => {
  let server: TestApp;
  let node: FakeNode;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestApp();
    node = await FakeNode.start(await server.createService('nodes', 'node'));
    node.keepBeating();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await node.close();
    await server.close();
  });

  /** Fills the Authorize form with a service's id and key. */
  async function authorize(page: Page, serviceId: string, key: string): Promise<void> {
    await page.click('button.authorize');
    await page.fill('#auth-basic-username', serviceId);
    await page.fill('#auth-basic-password', key);
    await page.click('.auth-btn-wrapper button.authorize');
    await page.click('.auth-btn-wrapper button.btn-done');
  }

  /** Presses Execute on one call, and reads what was answered. */
  async function tryOut(
    page: Page,
    operation: string,
    fields: Record<string, string> = {},
  ): Promise<{ status: string; body: string }> {
    await page.click(`#operations-${operation} .opblock-summary`);
    for (const [name, value] of Object.entries(fields)) {
      await page.fill(`#operations-${operation} tr[data-param-name="${name}"] input`, value);
    }
    await page.click(`#operations-${operation} button.execute`);
    const answer = `#operations-${operation} .live-responses-table .response`;
    await page.waitForSelector(`${answer} .response-col_status`);
    const status = await page.textContent(`${answer} .response-col_status`);
    const body = await page.textContent(`${answer} .highlight-code`);
    return { status: status?.trim() ?? '', body: body?.replace(/^Download/, '') ?? '' };
  }

  it('signs each call, so that a room and a token are two clicks', async () => {
    const tenant = await server.createService('acme');
    const { serviceId, key } = tenant.credentials ?? { serviceId: '', key: '' };
    const { page, errors } = await visit(browser, server.url);
    const authorizations: string[] = [];
    page.on('request', (request) => {
      const value = request.headers()['authorization'];
      if (value) authorizations.push(value);
    });
    await authorize(page, serviceId, key);
    const room = await tryOut(page, 'rooms-createRoom');
    expect(room.status).toMatch(/^200/);
    const { _id } = JSON.parse(room.body) as { _id: string };
    const token = await tryOut(page, 'tokens-issueToken', { room: _id });
    expect(token.status).toMatch(/^200/);
    expect(JSON.parse(Buffer.from(token.body, 'base64').toString('utf8'))).toMatchObject({
      host: '192.0.2.2:8080',
    });
    expect(authorizations).toHaveLength(2);
    for (const value of authorizations) {
      expect(value).toMatch(/^MAuth /);
      expect(value).not.toContain(key);
    }
    expect(errors).toEqual([]);
  });

  it('shows the refusal of a wrong key', async () => {
    const { page } = await visit(browser, `${server.url}/docs`);
    await authorize(page, '0123456789abcdef01234567', 'wrong');
    const { status } = await tryOut(page, 'rooms-listRooms');
    expect(status).toMatch(/^401/);
  });
});
