import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';

jest.setTimeout(120_000);

const PRODUCTION = { NODE_ENV: 'production', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0' };
const FILES = ['console.html', 'console.js', 'console-styles.css', 'icon.svg'];

/** Calls that the page makes, most in a service's name. Not the list of services: a tenant is shown itself. */
const CALLS = [
  ['GET', '/v1/rooms?limit=20'],
  ['GET', '/v1/rooms/ROOM/participants'],
  ['GET', '/v1/rooms/ROOM/sessions?limit=20'],
  ['POST', '/v1/rooms/ROOM/close'],
  ['DELETE', '/v1/rooms/ROOM/participants/ann'],
  ['GET', '/v1/events?after=latest'],
  ['GET', '/v1/bans?limit=20'],
  ['GET', '/v1/webhooks?limit=20'],
  ['PATCH', '/v1/nodes/ROOM'],
  ['GET', '/v1/activity'],
] as const;

let directory: DataDirectory;
let running: NuvemProcess;
let superservice: ApiClient;
let url: string;

beforeAll(async () => {
  directory = await DataDirectory.make();
  running = directory.start({ ...PRODUCTION, DEMO: '' });
  url = await running.url();
  superservice = await directory.client(url);
});

afterAll(() => directory.remove());

describe('the console of a process in production, without the demo', () => {
  it('is a page of the API itself, wherever the slash is', async () => {
    expect(running.output).not.toContain('the demo on');
    for (const path of ['/console', '/console/', '/CONSOLE?x=/']) {
      const page = await fetch(url + path);
      expect([page.status, new URL(page.url).pathname.toLowerCase()]).toEqual([200, '/console/']);
      expect(await page.text()).toContain('<title>Nuvem console</title>');
    }
  });

  it.each(FILES)(
    'lets %s run nothing but its own files, and talk to nobody but the API',
    async (name) => {
      const { status, headers } = await fetch(`${url}/console/${name}`);
      const policy = headers.get('content-security-policy')?.split(';');
      expect(status).toBe(200);
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "connect-src 'self'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "script-src 'self'",
          "require-trusted-types-for 'script'",
        ]),
      );
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|http|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it.each(CALLS)('gives %s %s to the superservice alone', async (method, path) => {
    const tenant = await superservice.post('/services', { name: 'acme' });
    const { _id, key } = tenant.json as { _id: string; key: string };
    const target = path.replace('ROOM', 'f'.repeat(24));
    const headers = { 'nuvem-service': _id };
    const body = method === 'PATCH' ? { draining: true } : undefined;

    const unsigned = await superservice.as(null).call(method, target, { body, headers });
    const asTenant = await superservice
      .as({ serviceId: _id, key })
      .call(method, target, { body, headers });

    expect(unsigned.status).toBe(401);
    expect(asTenant.status).toBe(403);
  });

  it.each(['/config', '/getRooms', '/createToken', '/console/config', '/console/main.ts'])(
    'has nothing else: %s',
    async (path) => {
      expect((await fetch(url + path)).status).toBe(404);
    },
  );
});

describe('the demo in production', () => {
  it('does not start unless it is said to be open, and then warns', async () => {
    const other = await DataDirectory.make();
    try {
      const refused = other.start({ ...PRODUCTION, DEMO: 'true' });
      expect(await refused.exitCode()).toBe(1);
      expect(refused.output).toContain('DEMO_OPEN=true');

      const open = other.start({ ...PRODUCTION, DEMO: 'true', DEMO_OPEN: 'true' });
      expect(await open.demoUrl()).toMatch(/^http/);
      expect(open.output).toMatch(/"level":40.*The demo is open/);
    } finally {
      await other.remove();
    }
  });
});
