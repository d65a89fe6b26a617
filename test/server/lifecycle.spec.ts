import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ApiClient } from '../support/api-client.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';

jest.setTimeout(60_000);

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
