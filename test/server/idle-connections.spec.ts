import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { DataDirectory } from '../support/nuvem-process.js';
import { openSocket } from '../support/network/raw-http.js';
import { startOnThreePorts } from '../support/three-ports.js';

// What is waited for takes most of a minute on a machine that does nothing else.
jest.setTimeout(240_000);

const HEAD = 'POST /elsewhere HTTP/1.1\r\nHost: x\r\n';
const UPGRADE =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n' +
  'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** What a client sends at once, and then again and again. */
const KINDS: [name: string, first: string, further: string][] = [
  ['nothing', '', ''],
  ['half a head', HEAD, ''],
  ['a head that trickles', `${HEAD}X: `, 'x'],
  ['half a body', `${HEAD}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`, ''],
  [
    'a body that trickles',
    `${HEAD}Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n{`,
    ' ',
  ],
  ['an upgrade and nothing', UPGRADE, ''],
];

let directory: DataDirectory;

beforeEach(async () => {
  directory = await DataDirectory.make();
});

afterEach(() => directory.remove());

/** Opens a connection of each kind to each server. */
async function openAll(urls: string[]): Promise<Map<string, Socket>> {
  const sockets = new Map<string, Socket>();
  for (const url of urls) {
    for (const [name, first, further] of KINDS) {
      const socket = await openSocket(url);
      sockets.set(`${url}: ${name}`, socket);
      socket.resume();
      socket.write(first);
      if (further === '') continue;
      const trickle = setInterval(() => socket.write(further), 1_000);
      socket.once('close', () => clearInterval(trickle));
    }
  }
  return sockets;
}

describe('connections that ask for nothing', () => {
  it('are ended in time while the process runs, on each port', async () => {
    const { urls } = await startOnThreePorts(directory);
    const open = await openAll(Object.values(urls));
    await Promise.all(Array.from(open.values(), (socket) => once(socket, 'close')));
    expect((await fetch(`${urls.api}/health/live`)).status).toBe(200);
  });

  it('do not keep the process from ending', async () => {
    const { running, urls } = await startOnThreePorts(directory, {
      SHUTDOWN_TIMEOUT_SECONDS: '1',
    });
    const open = await openAll(Object.values(urls));
    // Whoever is answered after them comes after them.
    for (const url of Object.values(urls)) await fetch(url);
    running.signal('SIGTERM');
    expect(await running.exitCode()).toBe(0);
    for (const socket of open.values()) socket.destroy();
  });
});

describe('a thousand websockets that never speak', () => {
  it('are ended by the node of the demo, and keep nobody out', async () => {
    const { urls } = await startOnThreePorts(directory);
    const open = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const socket = await openSocket(urls.node);
        socket.resume();
        socket.write(UPGRADE);
        return socket;
      }),
    );
    await Promise.all(open.map((socket) => once(socket, 'close')));
    expect((await fetch(urls.node)).status).toBe(404);
  });
});
