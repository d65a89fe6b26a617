import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import {
  type ServerProcess,
  type TestDatabase,
  failureOf,
  openTestDatabase,
  startServer,
  temporaryDirectory,
} from './support/server.js';

describe('commands', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('make, list, rename and drop collections', async () => {
    const { db } = database;
    await db.createCollection('one');
    await db.collection<{ _id: number }>('two').insertOne({ _id: 1 });
    const names = async () => (await db.listCollections().toArray()).map(({ name }) => name).sort();

    expect(await names()).toEqual(['one', 'two']);
    expect(await failureOf(db.command({ create: 'two', x: 1 }))).toMatchObject({ code: 40415 });
    await db.renameCollection('two', 'three');
    expect(await names()).toEqual(['one', 'three']);
    expect(await db.collection('three').countDocuments()).toBe(1);
    await db.dropCollection('one');
    expect(await names()).toEqual(['three']);
    expect((await db.listCollections({ name: 'three' }, { nameOnly: true }).toArray()).length).toBe(
      1,
    );
    const { databases } = await db.admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).toContain(db.databaseName);
  });

  it('leave nothing of a dropped collection in one of the same name', async () => {
    const { db } = database;
    const again = db.collection<{ _id: number; a: number }>('again');
    await again.createIndex({ a: 1 }, { unique: true });
    await again.insertMany(Array.from({ length: 5_000 }, (_, i) => ({ _id: i, a: i })));
    await again.drop();
    await again.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);

    expect(await again.countDocuments()).toBe(2);
    expect(await again.indexes()).toHaveLength(1);
  });

  it.each<[object, number, string]>([
    [{ noSuchCommand: 1 }, 59, 'CommandNotFound'],
    [{ listIndexes: 'absent' }, 26, 'NamespaceNotFound'],
    [{ dropIndexes: 'absent', index: '*' }, 26, 'NamespaceNotFound'],
    [{ insert: 'a$b', documents: [{}] }, 73, 'InvalidNamespace'],
    [
      { insert: 'x', documents: [{}], writeConcern: { w: 1 }, surprise: true },
      40415,
      'Location40415',
    ],
    [{ find: 'x', filter: 5 }, 14, 'TypeMismatch'],
    [{ aggregate: 'x', pipeline: [] }, 9, 'FailedToParse'],
  ])('answer %j with error %d', async (command, code, codeName) => {
    expect(await failureOf(database.db.command(command))).toMatchObject({ code, codeName });
  });

  it('accept what drivers and tools ask at the start', async () => {
    const admin = database.client.db('admin');

    expect(await admin.command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await admin.command({ buildInfo: 1 })).toMatchObject({ version: expect.any(String) });
    expect(await admin.command({ hello: 1 })).toMatchObject({ isWritablePrimary: true });
    expect(await admin.command({ connectionStatus: 1 })).toMatchObject({ ok: 1 });
    expect(await admin.command({ serverStatus: 1 })).toMatchObject({
      connections: expect.anything(),
    });
    expect(await database.db.stats()).toMatchObject({ ok: 1 });
    expect(await database.db.collection('x').find().limit(1).explain()).toMatchObject({ ok: 1 });
  });

  it('take sessions', async () => {
    const session = database.client.startSession();
    const items = database.db.collection<{ _id: string }>('sessions');
    await items.insertOne({ _id: 'a' }, { session });

    expect(await items.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a' });
    await session.endSession();
  });

  it('write without an answer when w is 0', async () => {
    const items = database.db.collection<{ _id: number }>('quiet');
    expect(await items.insertOne({ _id: 1 }, { writeConcern: { w: 0 } })).toMatchObject({
      acknowledged: false,
    });
    while ((await items.countDocuments()) === 0) await new Promise(setImmediate);

    expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1 });
  });
});

/** What the embedded server refuses on purpose, and a real one (or a replica set) may not. */
describe('the embedded server', () => {
  const dataDir = temporaryDirectory();
  let server: ServerProcess;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startServer(dataDir);
    client = await MongoClient.connect(server.uri);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('refuses a transaction as a standalone mongod does', async () => {
    const lsid = { id: client.startSession().id?.['id'] as object };
    const command = {
      insert: 'x',
      documents: [{ a: 1 }],
      txnNumber: 1n,
      startTransaction: true,
      autocommit: false,
    };

    expect(await failureOf(client.db('t').command({ ...command, lsid }))).toMatchObject({
      code: 20,
    });
    await expect(
      client.withSession((session) =>
        session.withTransaction(() =>
          client.db('t').collection('x').insertOne({ a: 1 }, { session }),
        ),
      ),
    ).rejects.toThrow(/[Tt]ransaction|retryable/);
    expect(await client.db('t').collection('x').countDocuments()).toBe(0);
  });

  it.each<[string, object]>([
    ['JavaScript in a filter', { find: 'x', filter: { $where: 'sleep(1000)' } }],
    [
      'JavaScript in an expression',
      { find: 'x', filter: { $expr: { $function: { body: 'f', args: [], lang: 'js' } } } },
    ],
    [
      'JavaScript deep in a pipeline',
      { aggregate: 'x', cursor: {}, pipeline: [{ $facet: { a: [{ $match: { $where: '1' } }] } }] },
    ],
    ['a collation', { find: 'x', collation: { locale: 'fr' } }],
    ['a text search', { find: 'x', filter: { $text: { $search: 'a' } } }],
    ['a geo index', { createIndexes: 'x', indexes: [{ key: { a: '2dsphere' }, name: 'a' }] }],
    ['a capped collection', { create: 'c', capped: true, size: 1000 }],
    ['a validator', { create: 'v', validator: { a: 1 } }],
    ['$out', { aggregate: 'x', cursor: {}, pipeline: [{ $out: 'y' }] }],
  ])('refuses %s', async (_name, command) => {
    expect(await failureOf(client.db('t').command(command))).toMatchObject({ code: 115 });
  });

  it('refuses to wait for more members than there are', async () => {
    const write = client.db('t').command({ insert: 'x', documents: [{}], writeConcern: { w: 2 } });

    expect(await failureOf(write)).toMatchObject({ code: 2 });
  });
});
