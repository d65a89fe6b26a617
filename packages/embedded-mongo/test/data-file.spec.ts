import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { addressSpaceLeft, canGrow, mapBytesFor } from '../src/storage/file/address-space.js';
import {
  ServerFailedError,
  type ServerProcess,
  failureOf,
  startServer,
  temporaryDirectory,
} from './support/server.js';

const PAGE = 4096;
const MB = 2 ** 20;

interface Item {
  _id: number;
  name: string;
  pad: string;
}

describe('the data file', () => {
  const template = temporaryDirectory();
  const directories: string[] = [template];
  const servers: ServerProcess[] = [];

  async function start(dataDir: string, command?: readonly string[]): Promise<ServerProcess> {
    const server = await startServer(dataDir, command);
    servers.push(server);
    return server;
  }

  beforeAll(async () => {
    const server = await start(template);
    const client = await MongoClient.connect(server.uri);
    const items = client.db('t').collection<Item>('items');
    await items.createIndex({ name: 1 });
    // Small ones and such as have pages of their own, some of them removed: trees of several levels and free pages.
    await items.insertMany(
      Array.from({ length: 3_000 }, (_, _id) => ({
        _id,
        name: `item ${_id % 700}`,
        pad: 'x'.repeat(_id % 50 === 0 ? 20_000 : 200),
      })),
    );
    await items.deleteMany({ _id: { $lt: 500 } });
    await client.close();
    await server.stop();
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL'))));
  afterAll(() => {
    for (const each of directories) rmSync(each, { recursive: true, force: true });
  });

  /** A copy of the database, changed by `damage`. */
  function copy(damage: (file: string, bytes: Buffer) => void): string {
    const directory = temporaryDirectory();
    directories.push(directory);
    cpSync(template, directory, { recursive: true });
    const file = join(directory, 'mongo', 'data.mdb');
    damage(file, readFileSync(file));
    return directory;
  }

  const overwrite = (from: number, bytes: Uint8Array) =>
    copy((file, whole) => {
      whole.set(bytes.subarray(0, whole.length - from), from);
      writeFileSync(file, whole);
    });

  const DAMAGES: readonly [string, () => string][] = [
    [
      'a file of another program',
      () => copy((file) => writeFileSync(file, '{"not":"a database"}')),
    ],
    ['a file cut to nothing but its start', () => copy((file) => truncateSync(file, 100))],
    ['a file cut in half', () => copy((file, { length }) => truncateSync(file, length / 2))],
    ['zeros where it starts', () => overwrite(0, Buffer.alloc(3 * PAGE))],
    ['noise in its first page', () => overwrite(0, randomBytes(PAGE))],
    ['noise in its second page', () => overwrite(PAGE, randomBytes(PAGE))],
    ['noise all over', () => overwrite(2 * PAGE, randomBytes(64 * MB))],
  ];

  it.each(DAMAGES)('is refused with one line and code 1 when it is %s', async (_what, damage) => {
    const dataDir = damage();
    const refused = (await failureOf(start(dataDir))) as unknown as ServerFailedError;

    expect(refused).toBeInstanceOf(ServerFailedError);
    expect(refused.message).toContain(
      `The database file ${join(dataDir, 'mongo', 'data.mdb')} is damaged`,
    );
    expect(refused.message.trim().split('\n')).toHaveLength(1);
    expect(refused.code).toBe(1);
  });

  it('is looked through to its last page, also when it is large', async () => {
    const dataDir = temporaryDirectory();
    directories.push(dataDir);
    const server = await start(dataDir);
    const client = await MongoClient.connect(server.uri);
    const items = client.db('t').collection<Item>('items');
    const pad = 'x'.repeat(1_900);
    for (let first = 0; first < 36_000; first += 6_000) {
      await items.insertMany(
        Array.from({ length: 6_000 }, (_, i) => ({
          _id: first + i,
          name: `no. ${first + i};`,
          pad,
        })),
      );
    }
    await client.close();
    await server.stop();
    const file = join(dataDir, 'mongo', 'data.mdb');
    const bytes = readFileSync(file);
    expect(bytes.length).toBeGreaterThan(72 * MB);
    const page = Math.floor(bytes.lastIndexOf('no. 35990;') / PAGE);
    bytes.fill(0xee, page * PAGE, page * PAGE + 24);
    writeFileSync(file, bytes);

    expect(await failureOf(start(dataDir))).toMatchObject({ code: 1 });
  });

  it('opens with all that is in it when nothing is wrong with it', async () => {
    const client = await MongoClient.connect((await start(copy(() => undefined))).uri);

    expect(
      await client
        .db('t')
        .collection('items')
        .countDocuments({ name: /^item / }),
    ).toBe(2_500);
    expect(await client.db('t').command({ validate: 'items' })).toMatchObject({ valid: true });
    await client.close();
  });

  it('is for its owner alone, also one that an older version left open to all', async () => {
    const dataDir = copy((file) => chmodSync(file, 0o664));
    await start(dataDir);
    const modeOf = (file: string) => statSync(join(dataDir, 'mongo', file)).mode & 0o777;

    expect([modeOf('data.mdb'), modeOf('lock.mdb')]).toEqual([0o600, 0o600]);
  });

  it('is mapped where the address space has an end', async () => {
    const limited = ['sh', '-c', 'ulimit -v 16000000; exec "$0" "$@"', process.execPath];
    const client = await MongoClient.connect(
      (
        await start(
          copy(() => undefined),
          limited,
        )
      ).uri,
    );
    const items = client.db('t').collection<Item>('items');
    await items.insertOne({ _id: -1, name: 'one more', pad: '' });

    expect(await items.countDocuments()).toBe(2_501);
    await client.close();
  });
});

describe('the address space of the data file', () => {
  it('starts small, grows with the file, and takes half of what is left', () => {
    expect(addressSpaceLeft()).toBeGreaterThan(0);
    expect(mapBytesFor(0, Infinity)).toBe(1024 * MB);
    expect(mapBytesFor(3_000 * MB, Infinity)).toBe(6_000 * MB);
    expect(mapBytesFor(0, 864 * MB)).toBe(400 * MB);
    expect(mapBytesFor(500 * MB, 864 * MB)).toBe(512 * MB);
    expect(() => mapBytesFor(500 * MB, 400 * MB)).toThrow('raise its limit (ulimit -v, LimitAS=)');
  });

  it('lets a write begin only when lmdb can map what it may need', () => {
    expect(canGrow(1024 * MB, 100 * MB, 0)).toBe(true);
    expect(canGrow(1024 * MB, 1000 * MB, 1024 * MB)).toBe(false);
    expect(canGrow(1024 * MB, 1000 * MB, Infinity)).toBe(true);
  });
});
