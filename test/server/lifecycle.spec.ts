import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ApiClient } from '../support/api-client.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { openSocket } from '../support/network/raw-http.js';
import { expectError } from '../support/shapes.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';

jest.setTimeout(180_000);

let directory: DataDirectory;
let running: NuvemProcess;
let client: ApiClient;

beforeEach(async () => {
  directory = await DataDirectory.make();
  running = directory.start();
  client = await directory.client(await running.url());
});

afterEach(() => directory.remove());

/** A request of which the server has the head, and waits for the body. */
async function beginRequest(body: string): Promise<ClientRequest> {
  const headers = {
    authorization: client.sign() ?? '',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    expect: '100-continue',
  };
  const begun = request(`${client.url}/rooms`, { method: 'POST', headers });
  begun.flushHeaders();
  await once(begun, 'continue');
  return begun;
}

/** The status of readiness on a connection that was made before. */
async function readiness(agent: Agent): Promise<number | undefined> {
  const asked = request(`${client.url}/health/ready`, { agent });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await text(answer);
  return answer.statusCode;
}

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s', (signal) => {
  it('readiness turns red, what runs is answered, and the process ends with 0', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await readiness(agent)).toBe(200);
    const body = JSON.stringify({ name: 'last' });
    const begun = await beginRequest(body);

    running.signal(signal);
    // The connection is there, so that this is answered however far the closing has come.
    let status = await readiness(agent).catch(() => undefined);
    while (status === 200) status = await readiness(agent).catch(() => undefined);
    expect([503, undefined]).toContain(status);
    begun.end(body);
    const [answer] = (await once(begun, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    const room: unknown = JSON.parse(await text(answer));

    expect(await running.exitCode()).toBe(0);
    const again = directory.start();
    const restarted = await directory.client(await again.url());
    expect((await restarted.get('/rooms')).json).toEqual([room]);
  });
});

describe('on SIGTERM', () => {
  it('a request that waits for a node is refused at once', async () => {
    await running.kill();
    const waiting = directory.start({
      CONTROLLER_WAIT_SECONDS: '60',
      SHUTDOWN_TIMEOUT_SECONDS: '30',
    });
    const tenant = await directory.client(await waiting.url());
    const room = (await tenant.post('/rooms', { name: 'waits' })).json as { _id: string };
    const token = tenant.post(`/rooms/${room._id}/tokens`, { userName: 'ann', role: 'presenter' });
    // What is asked later is answered, so that the token has been asked for.
    await tenant.get('/rooms');
    waiting.signal('SIGTERM');
    expectError(await token, 'SHUTTING_DOWN');
    expect(await waiting.exitCode()).toBe(0);
  });

  it('a list that nobody reads is cut off when the time is up', async () => {
    const data = { filler: 'x'.repeat(60_000) };
    await Promise.all(
      Array.from({ length: 300 }, () => client.post('/rooms', { name: 'x', options: { data } })),
    );
    running.signal('SIGTERM');
    await running.exitCode();
    const again = directory.start({ SHUTDOWN_TIMEOUT_SECONDS: '1' });
    const tenant = await directory.client(await again.url());
    const socket = await openSocket(tenant.url);
    socket.write(`GET /rooms HTTP/1.1\r\nHost: x\r\nAuthorization: ${tenant.sign()}\r\n\r\n`);
    await once(socket, 'readable');
    again.signal('SIGTERM');
    expect(await again.exitCode()).toBe(0);
    socket.destroy();
  });

  it('a process that still waits for its database ends', async () => {
    const proxy = await TcpProxy.start('http://127.0.0.1:1', { open: false });
    const waiting = directory.start({
      MONGODB_URI: proxy.through('mongodb://127.0.0.1/x'),
      SUPERSERVICE_ID: SUPERSERVICE.serviceId,
      SUPERSERVICE_KEY: SUPERSERVICE.key,
      TOKEN_KEY,
    });
    await waiting.wrote(/Unable to connect to the database/);
    waiting.signal('SIGTERM');
    // Not null, as when the signal itself ends it: in a container, where its id is 1, that would not.
    expect(await waiting.exitCode()).toBe(0);
  });
});

describe('after kill -9', () => {
  it('everything that was acknowledged is there', async () => {
    const acknowledged: unknown[] = [];
    let killed = false;
    const write = async (): Promise<void> => {
      while (!killed) {
        const answer = await client
          .post('/rooms', { name: `r${acknowledged.length}` })
          .catch(() => null);
        if (answer?.status === 200) acknowledged.push(answer.json);
        if (acknowledged.length === 300) {
          killed = true;
          running.signal('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, write));
    expect(await running.exitCode()).toBeNull();

    const again = directory.start();
    const restarted = await directory.client(await again.url());
    const rooms = (await restarted.get('/rooms')).json;
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    expect(rooms).toEqual(expect.arrayContaining(acknowledged));
  });
});
