import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';
import {
  type ServerProcess,
  ServerFailedError,
  failureOf,
  startServer,
  temporaryDirectory,
} from './support/server.js';

const KILLS = 100;
/** Lanes run side by side, each with a data directory of its own. */
const LANES = 4;
const WRITERS = 8;

interface Item {
  _id: string;
  n: number;
  unique: string;
}

/** What is known of each document: its `n`, or that it is gone. */
type State = number | undefined;

describe('the data directory', () => {
  const directories: string[] = [];
  const servers: ServerProcess[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
    for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true });
  });

  function directory(): string {
    const made = temporaryDirectory();
    directories.push(made);
    return made;
  }

  async function start(dataDir: string): Promise<ServerProcess> {
    const server = await startServer(dataDir);
    servers.push(server);
    return server;
  }

  it('holds documents and indexes over a restart', async () => {
    const dataDir = directory();
    const before = await start(dataDir);
    const client = await MongoClient.connect(before.uri);
    const items = client.db('t').collection<{ _id: number; a: number }>('items');
    await items.createIndex({ a: 1 }, { unique: true });
    await items.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await client.close();
    expect(await before.stop()).toBe(0);

    const again = await MongoClient.connect((await start(dataDir)).uri);
    const found = again.db('t').collection<{ _id: number; a: number }>('items');
    expect(await found.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    expect(await failureOf(found.insertOne({ _id: 3, a: 2 }))).toMatchObject({ code: 11000 });
    await again.close();
  });

  it('is taken by one server: a second one is refused with one clear line', async () => {
    const dataDir = directory();
    const first = await start(dataDir);
    const refused = (await failureOf(startServer(dataDir))) as unknown as Error;

    expect(refused).toBeInstanceOf(ServerFailedError);
    expect(refused.message).toContain(`The data directory ${dataDir} is in use by another process`);
    expect(refused.message.trim().split('\n')).toHaveLength(1);
    const client = await MongoClient.connect(first.uri);
    expect(await client.db('t').command({ ping: 1 })).toMatchObject({ ok: 1 });
    await client.close();
  });

  it('is taken by exactly one of several servers that start at once', async () => {
    const dataDir = directory();
    const started = await Promise.allSettled(Array.from({ length: 4 }, () => start(dataDir)));

    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is free at once after kill -9', async () => {
    const dataDir = directory();
    await (await start(dataDir)).stop('SIGKILL');

    expect(await start(dataDir)).toMatchObject({ uri: expect.any(String) });
  });

  it(`loses nothing acknowledged at ${KILLS} random moments of a write load`, async () => {
    const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));

    expect(lanes.reduce((sum, { kills }) => sum + kills, 0)).toBe(KILLS);
    for (const { documents } of lanes) expect(documents).toBeGreaterThan(100);
  }, 400_000);

  async function runLane(lane: number): Promise<{ kills: number; documents: number }> {
    const dataDir = directory();
    const known = new Map<string, State>();
    const pending = new Map<string, State>();
    let kills = 0;
    for (; kills < KILLS / LANES; kills++) {
      const server = await start(dataDir);
      const client = await MongoClient.connect(server.uri, { retryWrites: false });
      const items = client.db('t').collection<Item>('items');
      if (kills === 0) await items.createIndex({ unique: 1 }, { unique: true });
      await check(client, items, known, pending);
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        write(items, `${lane}-${kills}-${writer}`, known, pending),
      );
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 60));
      await server.stop('SIGKILL');
      // Closing first: the driver would look for the server again before it gives up.
      await client.close();
      await Promise.all(writers);
    }
    const client = await MongoClient.connect((await start(dataDir)).uri);
    await check(client, client.db('t').collection<Item>('items'), known, pending);
    await client.close();
    return { kills, documents: known.size };
  }

  /** Inserts, changes and removes documents of its own, one step at a time, until the server is gone. */
  async function write(
    items: Collection<Item>,
    prefix: string,
    known: Map<string, State>,
    pending: Map<string, State>,
  ): Promise<void> {
    const step = async (_id: string, state: State, act: () => Promise<unknown>): Promise<void> => {
      pending.set(_id, state);
      await act();
      known.set(_id, state);
      pending.delete(_id);
    };
    try {
      for (let i = 0; ; i++) {
        const _id = `${prefix}-${i}`;
        await step(_id, 1, () => items.insertOne({ _id, n: 1, unique: `u${_id}` }));
        await step(_id, 2, () =>
          items.updateOne({ _id }, { $inc: { n: 1 }, $set: { unique: `v${_id}` } }),
        );
        if (i % 3 === 0)
          await step(_id, undefined, () => items.findOneAndDelete({ unique: `v${_id}` }));
      }
    } catch {
      // The connection broke: what was under way may or may not have been written.
    }
  }

  async function check(
    client: MongoClient,
    items: Collection<Item>,
    known: Map<string, State>,
    pending: Map<string, State>,
  ): Promise<void> {
    const stored = new Map((await items.find().toArray()).map(({ _id, n }) => [_id, n]));
    const wrong: string[] = [];
    for (const _id of new Set([...known.keys(), ...pending.keys(), ...stored.keys()])) {
      const state = stored.get(_id);
      const allowed = pending.has(_id) ? [known.get(_id), pending.get(_id)] : [known.get(_id)];
      if (!allowed.includes(state))
        wrong.push(`${_id}: ${String(state)}, not ${allowed.join(' or ')}`);
      known.set(_id, state);
    }
    pending.clear();
    expect(wrong).toEqual([]);
    if (stored.size > 0) {
      expect(await client.db('t').command({ validate: 'items' })).toMatchObject({ valid: true });
    }
  }
});
