import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, seesMoving, visit } from '../app-demo/support/browser.js';
import { DataDirectory } from '../support/nuvem-process.js';
import { ReverseProxy } from '../support/network/reverse-proxy.js';

jest.setTimeout(180_000);

/** Each page has to be found from another machine, through TLS; API and page below a path as well. */
describe('in a browser on another machine, behind a reverse proxy', () => {
  let browser: Browser;
  let directory: DataDirectory;
  let proxies: Record<'api' | 'page' | 'node', ReverseProxy>;
  let ready: string;
  let servers: { api: string; page: string; node: string };

  beforeAll(async () => {
    directory = await DataDirectory.make();
    const [api, page, node] = await Promise.all([
      ReverseProxy.start('api', '/control/nuvem', () => servers.api),
      ReverseProxy.start('page', '/demo', () => servers.page),
      ReverseProxy.start('node', '', () => servers.node),
    ]);
    proxies = { api, page, node };
    const running = directory.start({
      DEMO: 'true',
      PORT: '0',
      DEMO_PORT: '0',
      DEMO_CONTROLLER_PORT: '0',
      PUBLIC_URL: api.url,
      DEMO_PUBLIC_URL: page.url,
      DEMO_NODE_PUBLIC_URL: node.url,
    });
    [ready] = await running.wrote(/Nuvem is ready.*/);
    await running.wrote(/(?:Server listening at [^]*){3}/);
    const listening = running.output.matchAll(/Server listening at (http:\/\/[^"]+)/g);
    const [apiUrl = '', nodeUrl = '', pageUrl = ''] = [...listening].map(([, url]) => url);
    servers = { api: apiUrl, page: pageUrl, node: nodeUrl };
    await running.wrote(/Node \w+ registered as node\.nuvem\.test/);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await directory.remove();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  });

  /** Calls that go on would take the time of what is tested next. */
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  const open = async (url: string) => visit(browser, url, { ignoreHTTPSErrors: true });

  async function join(name: string): Promise<{ page: Page; errors: string[] }> {
    const visitor = await open(`${proxies.page.url}/?room=far&name=${name}`);
    await visitor.page.getByRole('button', { name: 'Join' }).click();
    await visitor.page.getByText('Connected', { exact: true }).waitFor();
    return visitor;
  }

  it('the process says where it is reached from there', () => {
    expect(ready).toContain(`the API on ${proxies.api.url} `);
    expect(ready).toContain(`the demo on ${proxies.page.url}`);
  });

  it('a call runs between two pages, whose invite link leads to the page', async () => {
    const ann = await join('Ann');
    const ben = await join('Ben');

    await Promise.all([ann, ben].map(({ page }) => seesMoving(page, 1)));

    await ann.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await ann.page.getByRole('button', { name: 'Copy invite link' }).click();
    const link = await ann.page.evaluate('navigator.clipboard.readText()');
    expect(link).toBe(`${proxies.page.url}/?room=far`);
    expect([...ann.errors, ...ben.errors]).toEqual([]);
  });

  it('the call page leads to the console, which shows rooms and their participants', async () => {
    await join('Cleo');
    const { page, errors } = await open(`${proxies.page.url}/`);
    await page.getByRole('link', { name: 'Operator console' }).click();
    await page.waitForURL(`${proxies.api.url}/console/`);
    const { superserviceId = '', superserviceKey = '' } = await directory.secrets();
    await page.getByLabel('Superservice id').fill(superserviceId);
    await page.getByLabel('Superservice key').fill(superserviceKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'People in far' }).click();

    await page.locator('.participant', { hasText: 'Cleo' }).waitFor();
    // A node that is slow to tell who is in a room is asked again: nothing of addresses.
    expect(errors.filter((text) => !text.includes('Failed to load resource'))).toEqual([]);
  });

  it('the root leads to the documentation, where Execute reaches the API', async () => {
    const { page, errors } = await open(`${proxies.api.url}/`);
    expect(page.url()).toBe(`${proxies.api.url}/docs/`);
    await page.click('#operations-health-getLiveness .opblock-summary');
    const asked = page.waitForRequest((request) => request.url().includes('/health/live'));
    await page.click('#operations-health-getLiveness button.execute');
    expect((await asked).url()).toBe(`${proxies.api.url}/health/live`);
    await page.waitForSelector('.live-responses-table .response-col_status:text("200")');
    expect(errors).toEqual([]);
  });

  it('addresses without the slash, and of the next page of a list, stay below the path', async () => {
    const { page } = await open(`${proxies.api.url}/console`);
    expect(page.url()).toBe(`${proxies.api.url}/console/`);
    const client = await directory.client(servers.api);
    for (const name of ['one', 'two']) await client.post('/rooms', { name });
    const { headers } = await client.get('/rooms?limit=1');
    const link = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';
    const next = new URL(link, `${proxies.api.url}/rooms?limit=1`);
    expect(next.href.split('?')[0]).toBe(`${proxies.api.url}/rooms`);
    const second = await client.get(`/rooms${next.search}`);
    expect(second.json).toMatchObject([{ name: 'two' }]);
  });
});
