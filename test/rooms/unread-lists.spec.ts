import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ObjectId } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { openOwnDatabase, type OwnDatabase } from '../support/own-database.js';
import { openSocket } from '../support/network/raw-http.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

/** A list of these is more than a batch of the database, and more than sockets hold unread. */
const ROOMS = 700;
const FILLER = 'x'.repeat(20_000);

let database: OwnDatabase;
let server: TestApp;
let tenant: ApiClient;
let other: ApiClient;
const sockets: Socket[] = [];

beforeAll(async () => {
  database = await openOwnDatabase();
  server = await startTestApp({ MONGODB_URI: database.uri });
  [tenant, other] = [await server.createService('reader'), await server.createService('other')];
  await database.db.collection('rooms').insertMany(
    Array.from({ length: ROOMS }, (_, index) => ({
      name: `room ${index}`,
      data: { FILLER },
      service: new ObjectId(tenant.credentials?.serviceId),
      createdAt: new Date(),
    })),
  );
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.resetAndDestroy();
});

afterAll(async () => {
  await server.close();
  await database.close();
});

/** Asks for the list so many times on one connection, and reads nothing of it. */
async function askForLists(path: string, times: number): Promise<Socket> {
  const socket = await openSocket(server.url);
  sockets.push(socket);
  for (let sent = 0; sent < times; sent++) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${tenant.sign()}\r\n\r\n`);
  }
  return socket;
}

async function openCursors(): Promise<number> {
  const status = await database.client.db('admin').command({ serverStatus: 1 });
  return Number((status['metrics'] as { cursor: { open: { total: number } } }).cursor.open.total);
}

async function untilNoCursorIsOpen(): Promise<void> {
  while ((await openCursors()) > 0);
}

describe('lists that their client does not read', () => {
  it.each([
    ['one on each connection', 40, 1],
    ['many on each connection', 10, 20],
  ])('end with its connection: %s', async (_, connections, times) => {
    const asking = await Promise.all(
      Array.from({ length: connections }, () => askForLists('/rooms', times)),
    );
    await Promise.race(asking.map((socket) => once(socket, 'data')));
    for (const socket of asking) socket.resetAndDestroy();
    await untilNoCursorIsOpen();
    expect(JSON.parse((await tenant.get('/rooms')).text)).toHaveLength(ROOMS);
  });

  it.each(['/rooms', '/rooms?limit=600'])(
    'are few at a time for each service, whoever asks for more: %s',
    async (path) => {
      const asking = await Promise.all(Array.from({ length: 60 }, () => askForLists(path, 2)));
      await Promise.race(asking.map((socket) => once(socket, 'readable')));
      expect((await other.get('/rooms')).json).toEqual([]);
      expect(await openCursors()).toBeLessThanOrEqual(4);
    },
  );

  it('hold nothing up once they are read', async () => {
    const asking = await Promise.all(
      Array.from({ length: 12 }, () => askForLists('/rooms?limit=1', 3)),
    );
    for (const socket of asking) {
      let text = '';
      for await (const piece of socket) {
        text += String(piece);
        if (text.match(/HTTP/g)?.length === 3) break;
      }
      expect(text.match(/HTTP\/1.1 200 /g)).toHaveLength(3);
    }
  });
});
