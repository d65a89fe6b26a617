import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { openSocket } from '../support/network/raw-http.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';

jest.setTimeout(240_000);

const READERS = 1_000;
const AT_ONCE = 50;
const EVENTS = 500;
const EVENT_BYTES = 4_000;
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

/** Lets the process say what it holds once its garbage is collected. */
const COLLECTS = `require('node:v8').setFlagsFromString('--expose-gc');
const collect = require('node:vm').runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  console.log('holds', heapUsed + external + arrayBuffers, 'bytes');
});`;

async function heldBy(running: NuvemProcess): Promise<number> {
  const told = running.output.length;
  running.signal('SIGUSR2');
  await running.wrote(new RegExp(`^[^]{${told}}[^]*holds (\\d+) bytes`));
  return Number(/holds (\d+) bytes/.exec(running.output.slice(told))?.[1]);
}

describe('a thousand readers of a stream that take nothing', () => {
  let directory: DataDirectory;
  let database: MongoClient;
  let running: NuvemProcess;
  const open: Socket[] = [];

  beforeAll(async () => {
    const uri = freshDatabaseUri();
    database = await MongoClient.connect(uri);
    directory = await DataDirectory.make();
    const collects = join(directory.path, 'collects.cjs');
    await writeFile(collects, COLLECTS);
    running = directory.start({
      MONGODB_URI: uri,
      SUPERSERVICE_ID: SUPERSERVICE.serviceId,
      SUPERSERVICE_KEY: SUPERSERVICE.key,
      TOKEN_KEY,
      NODE_OPTIONS: `--require ${collects}`,
    });
  });

  afterAll(async () => {
    for (const socket of open) socket.destroy();
    await directory.remove();
    await database.db().dropDatabase();
    await database.close();
  });

  async function read(client: ApiClient): Promise<Socket> {
    const socket = await openSocket(client.url);
    socket.write(
      `GET /v1/events?after=0 HTTP/1.1\r\nHost: nuvem\r\nAccept: text/event-stream\r\n` +
        `Authorization: ${client.sign()}\r\n\r\n`,
    );
    // It is there to be taken, and is not.
    await once(socket, 'readable');
    return socket;
  }

  const readers = (client: ApiClient, count: number): Promise<Socket[]> =>
    Promise.all(Array.from({ length: count }, () => read(client)));

  it('do not grow the process by more than 64 MB', async () => {
    const client = new ApiClient(await running.url(), SUPERSERVICE);
    const service = new ObjectId(SUPERSERVICE.serviceId);
    const data = JSON.stringify({ text: 'x'.repeat(EVENT_BYTES) });
    const last = (await database.db().collection('events').countDocuments()) as number;
    await database
      .db()
      .collection<{ _id: number }>('events')
      .insertMany(
        Array.from({ length: EVENTS }, (_, index) => ({
          _id: last + index + 1,
          id: new ObjectId(),
          service,
          sequence: last + index + 1,
          type: 'room.updated',
          at: new Date(),
          loggedAt: new Date(),
          data,
        })),
      );
    // What the first requests make the process grow by is not the readers'.
    for (const socket of await readers(client, AT_ONCE)) socket.destroy();
    const before = await heldBy(running);
    while (open.length < READERS) open.push(...(await readers(client, AT_ONCE)));
    // Whoever asks now is answered after all of them were sent what they take.
    expect((await client.get('/v1/events?after=latest')).status).toBe(200);
    expect((await heldBy(running)) - before).toBeLessThan(MAX_GROWTH_BYTES);
  });
});
