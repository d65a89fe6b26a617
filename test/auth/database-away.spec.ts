import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { expectError, expectJson } from '../support/shapes.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

jest.setTimeout(60_000);

let proxy: TcpProxy;
let server: TestApp;
let clock: TestClock;
let tenant: ApiClient;

beforeAll(async () => {
  const target = freshDatabaseUri();
  proxy = await TcpProxy.start(target);
  const uri = new URL(proxy.through(target));
  uri.searchParams.set('directConnection', 'true');
  server = await startTestApp({ MONGODB_URI: uri.href });
  clock = new TestClock(server.app);
  tenant = await server.createService('tenant');
});

afterEach(async () => {
  proxy.delayMs = 0;
  proxy.resume();
  await proxy.open();
  await answered(200);
});

afterAll(async () => {
  await server.close();
  await proxy.shut();
});

/** Asks until the answer has this status. */
async function answered(status: number): Promise<Answer> {
  for (;;) {
    const answer = await tenant.get('/rooms');
    if (answer.status === status) return answer;
  }
}

function expectUnavailable(answer: Answer): void {
  expectError(answer, 'DATABASE_UNAVAILABLE');
  expect(answer.headers.get('retry-after')).toBe('1');
}

describe('while the database', () => {
  it('refuses connections, a request is answered 503 and never 401', async () => {
    await proxy.shut();
    // The key is remembered for a second: one signed with a known and one with a forgotten key.
    expectUnavailable(await tenant.get('/rooms'));
    clock.advance(2_000);
    expectUnavailable(await tenant.get('/rooms'));
  });

  it('swallows everything, a request is answered 503 and not left waiting', async () => {
    clock.advance(2_000);
    proxy.pause();
    const answers = await Promise.all([1, 2, 3].map(() => tenant.get('/rooms')));
    answers.forEach(expectUnavailable);
  });

  it('ends connections in the midst, requests are answered 200 or 503', async () => {
    proxy.delayMs = 20;
    const requests = Array.from({ length: 50 }, () => tenant.get('/rooms'));
    proxy.cut();
    const statuses = new Set((await Promise.all(requests)).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  it('needs 700 ms for each answer, a request needs longer and is answered', async () => {
    proxy.delayMs = 350;
    clock.advance(2_000);
    expectJson(await tenant.get('/rooms'), []);
  });

  it('is away, readiness is red and says so, and liveness green', async () => {
    await proxy.shut();
    const ready = await tenant.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.json).toMatchObject({
      status: 'error',
      error: {
        database: { status: 'down' },
        superservice: { status: 'down', message: 'database not available' },
      },
    });
    const live = await tenant.get('/health/live');
    expectJson(live, { status: 'ok' });
    await proxy.open();
    await answered(200);
    expect((await tenant.get('/health/ready')).status).toBe(200);
  });
});

describe('a header', () => {
  it('that was refused because the database was away may be used again', async () => {
    await proxy.shut();
    const authorization = tenant.sign();
    expectUnavailable(await tenant.get('/rooms', { authorization }));
    await proxy.open();
    await answered(200);
    expectJson(await tenant.get('/rooms', { authorization }), []);
  });
});
