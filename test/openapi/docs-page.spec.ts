import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, seriousFaults, visit } from '../app-demo/support/browser.js';
import type { Credentials } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { ReverseProxy } from '../support/network/reverse-proxy.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { signIn, tryOut } from './docs-page.js';

jest.setTimeout(120_000);

const run = promisify(execFile);

describe('the documentation page, in a real browser', () => {
  let server: TestApp;
  let node: FakeNode;
  let browser: Browser;
  let tenant: Credentials;

  beforeAll(async () => {
    server = await startTestApp();
    node = await FakeNode.start(await server.createService('nodes', 'node'));
    node.keepBeating();
    tenant = (await server.createService('acme')).credentials ?? SUPERSERVICE;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await node.close();
    await server.close();
  });

  /** The values of every Authorization header that the page sends from now on. */
  function authorizationsOf(page: Page): string[] {
    const values: string[] = [];
    page.on('request', (request) => {
      const value = request.headers()['authorization'];
      if (value) values.push(value);
    });
    return values;
  }

  /** The same server as it is found from another machine. */
  const elsewhere = (): string => `http://api.nuvem.test:${new URL(server.url).port}`;

  it('shows /v1 first, and the routes of Nuve at the end', async () => {
    const { page, errors } = await visit(browser, server.url);
    await page.locator('.opblock-tag').first().waitFor();
    const tags = await page
      .locator('.opblock-tag')
      .evaluateAll((all) => all.map((tag) => tag.getAttribute('data-tag')));
    expect(tags[0]).toBe('rooms');
    expect(tags.at(-1)).toBe('Licode compatibility');
    expect(await page.locator('.opblock-summary-path').first().textContent()).toContain('/v1');
    expect(errors).toEqual([]);
  });

  it('signs in with id and key, so that a room and a token are two clicks', async () => {
    const { page, errors } = await visit(browser, server.url);
    const authorizations = authorizationsOf(page);
    expect(await signIn(page, tenant.serviceId, tenant.key)).toBe('Signed in as acme (tenant)');
    const room = await tryOut(page, 'rooms-createRoom');
    expect(room.status).toMatch(/^201/);
    const { id } = JSON.parse(room.body) as { id: string };
    const token = await tryOut(page, 'tokens-issueToken', { fields: { room: id } });
    expect(token.status).toMatch(/^201/);
    expect(JSON.parse(token.body)).toMatchObject({ host: '192.0.2.2:8080' });
    const basic = `Basic ${btoa(`${tenant.serviceId}:${tenant.key}`)}`;
    expect(authorizations).toEqual([basic, basic, basic]);
    expect(errors).toEqual([]);
  });

  it('knows the superservice, and a node', async () => {
    const { page } = await visit(browser, `${server.url}/docs`);
    const { serviceId, key } = SUPERSERVICE;
    expect(await signIn(page, serviceId, key)).toMatch(/\(superservice\)$/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.locator('[role="status"]').textContent()).toBe('Signed out');
    const { credentials } = await server.createService('media', 'node');
    expect(await signIn(page, credentials?.serviceId ?? '', credentials?.key ?? '')).toBe(
      'Signed in as media (node)',
    );
  });

  it.each([
    ['key', () => [tenant.serviceId, 'wrong']],
    ['id', () => ['0123456789abcdef01234567', tenant.key]],
    ['id that is none', () => ['acme', tenant.key]],
  ])('says that the sign-in is wrong: %s', async (_, given) => {
    for (const url of [server.url, elsewhere()]) {
      const { page } = await visit(browser, `${url}/docs/`);
      const [serviceId = '', key = ''] = given();
      expect(await signIn(page, serviceId, key)).toBe('Wrong id or key');
    }
  });

  it('shows the problem of a call that fails', async () => {
    const { page } = await visit(browser, server.url);
    const { status, body } = await tryOut(page, 'rooms-listRooms');
    expect(status).toMatch(/^401/);
    expect(JSON.parse(body)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    await signIn(page, tenant.serviceId, tenant.key);
    const refused = await tryOut(page, 'rooms-createRoom', { body: { nmae: 'standup' } });
    expect(JSON.parse(refused.body)).toMatchObject({
      code: 'INVALID_REQUEST',
      errors: expect.arrayContaining([{ field: 'nmae', message: 'nmae is not a known field' }]),
    });
  });

  it('keeps the key on plain http from another machine, and signs each call', async () => {
    const { page, errors } = await visit(browser, elsewhere());
    expect(await page.evaluate('typeof crypto.subtle')).toBe('undefined');
    const authorizations = authorizationsOf(page);
    expect(await signIn(page, tenant.serviceId, tenant.key)).toMatch(
      /^Signed in as acme \(tenant\)\. The connection is not encrypted/,
    );
    expect((await tryOut(page, 'rooms-createRoom')).status).toMatch(/^201/);
    expect(authorizations).toHaveLength(2);
    for (const value of authorizations) {
      expect(value).toMatch(/^MAuth /);
      expect(value).not.toContain(tenant.key);
    }
    // Chromium takes no notice of that header here, and says so.
    expect(errors.filter((text) => !text.includes('Cross-Origin-Opener-Policy'))).toEqual([]);
  });

  it('signs calls where the API refuses keys though the page came by TLS', async () => {
    const { page } = await visit(browser, server.url);
    const problem = { status: 403, code: 'TLS_REQUIRED', detail: 'No' };
    await page.route('**/v1/services/*', (route) =>
      route.request().headers()['authorization']?.startsWith('Basic ')
        ? route.fulfill({ status: 403, json: problem })
        : route.continue(),
    );
    const authorizations = authorizationsOf(page);
    expect(await signIn(page, tenant.serviceId, tenant.key)).toMatch(/each call/);
    expect((await tryOut(page, 'rooms-createRoom')).status).toMatch(/^201/);
    expect(authorizations.map((value) => value.split(' ')[0])).toEqual(['Basic', 'MAuth', 'MAuth']);
  });

  it("signs calls of Nuve's routes, which take nothing else", async () => {
    const { page } = await visit(browser, server.url);
    await signIn(page, tenant.serviceId, tenant.key);
    const { status, curl } = await tryOut(page, 'Licode_compatibility-nuveCreateRoom');
    expect(status).toMatch(/^200/);
    // The signature that is shown has not been sent.
    const { stdout } = await run('bash', ['-c', curl.replace('curl ', 'curl -sf ')]);
    expect(JSON.parse(stdout)).toHaveProperty('_id');
  });

  it('works below a path, behind a proxy that ends TLS', async () => {
    const proxy = await ReverseProxy.start('api', '/control/nuvem', () => server.url);
    const { page, errors } = await visit(browser, `${proxy.url}/docs`, { ignoreHTTPSErrors: true });
    expect(await signIn(page, tenant.serviceId, tenant.key)).toMatch(/^Signed in as acme/);
    expect((await tryOut(page, 'rooms-createRoom')).status).toMatch(/^201/);
    await page.close();
    await proxy.close();
    expect(errors).toEqual([]);
  });

  it.each(['bash', 'zsh'])('gives a curl line that %s runs', async (shell) => {
    const { page } = await visit(browser, server.url);
    await signIn(page, tenant.serviceId, tenant.key);
    const name = `it's "$HOME" \`id\` !! \\n & -d @x`;
    const { curl } = await tryOut(page, 'rooms-createRoom', { body: { name } });
    const { stdout } = await run(shell, ['-c', curl.replace('curl ', 'curl -sf ')]);
    expect(JSON.parse(stdout)).toMatchObject({ name });
  });

  it('says that the API does not answer', async () => {
    const { page } = await visit(browser, server.url);
    await page.route('**/v1/services/*', (route) => route.abort());
    expect(await signIn(page, tenant.serviceId, tenant.key)).toBe('The API does not answer');
  });

  it.each(['light', 'dark'] as const)(
    'can be read in %s, signed in or not',
    async (colorScheme) => {
      const { page } = await visit(browser, server.url, { colorScheme });
      await page.locator('.opblock-tag').first().waitFor();
      await signIn(page, tenant.serviceId, 'wrong');
      expect(await contrastFaults(page)).toEqual([]);
      await signIn(page, tenant.serviceId, tenant.key);
      await tryOut(page, 'rooms-createRoom');
      for (const number of [0, 1, 2, 3]) {
        await page.locator('.json-schema-2020-12-expand-deep-button').nth(number).click();
      }
      expect(await contrastFaults(page)).toEqual([]);
    },
  );
});

async function contrastFaults(page: Page): Promise<string[]> {
  return (await seriousFaults(page)).filter((fault) => fault.startsWith('color-contrast'));
}
