import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Timestamp } from 'mongodb';
import { type TestDatabase, failureOf, openTestDatabase } from './support/server.js';

describe('commands of tools', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('says that it is what it can do: a 7.0, which drivers send no bulkWrite', async () => {
    const admin = database.client.db('admin');

    expect(await admin.command({ hello: 1 })).toMatchObject({
      minWireVersion: 0,
      maxWireVersion: 21,
    });
    expect(await admin.command({ buildInfo: 1 })).toMatchObject({ version: '7.0.0' });
    expect(
      await failureOf(
        database.client.bulkWrite([
          { name: 'insertOne', namespace: 'a.b', document: { _id: 1 as never } },
        ]),
      ),
    ).toMatchObject({ cause: { code: 59 } });
  });

  it('tells the sizes of a collection as mongosh reads them', async () => {
    const sized = database.db.collection<{ _id: number; a: number }>('sized');
    await sized.createIndex({ a: 1 });
    await sized.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    const stats = {
      count: 2,
      size: 42,
      avgObjSize: 21,
      nindexes: 2,
      capped: false,
      scaleFactor: 1,
      totalIndexSize: expect.any(Number),
      indexSizes: { _id_: expect.any(Number), a_1: expect.any(Number) },
    };

    expect(
      await sized.aggregate([{ $collStats: { storageStats: { scale: 1 }, count: {} } }]).toArray(),
    ).toEqual([
      expect.objectContaining({
        ns: sized.namespace,
        count: 2,
        storageStats: expect.objectContaining(stats),
      }),
    ]);
    expect(await database.db.command({ collStats: 'sized' })).toMatchObject({
      ns: sized.namespace,
      ...stats,
    });
    expect(
      await database.db
        .collection('none')
        .aggregate([{ $collStats: { storageStats: {} } }])
        .next(),
    ).toMatchObject({
      storageStats: { count: 0, size: 0 },
    });
  });

  it('tells what is under way, without what others have asked for', async () => {
    const admin = database.client.db('admin');
    const listed = await admin
      .aggregate([{ $currentOp: {} }, { $match: { active: true } }])
      .toArray();

    expect(listed).toContainEqual(
      expect.objectContaining({
        type: 'op',
        op: 'command',
        ns: 'admin.$cmd',
        command: { aggregate: 1, $db: 'admin' },
        opid: expect.any(Number),
        microsecs_running: expect.any(Number),
      }),
    );
    expect(await admin.command({ currentOp: 1, ns: 'nothing.here' })).toMatchObject({
      inprog: [],
      ok: 1,
    });
    expect(
      await failureOf(
        database.db
          .collection('x')
          .aggregate([{ $currentOp: {} }])
          .toArray(),
      ),
    ).toMatchObject({ code: 73 });
  });

  it('counts what it does, for mongostat', async () => {
    const admin = database.client.db('admin');
    const counted = database.db.collection<{ _id: number }>('counted');
    const before = await admin.command({ serverStatus: 1 });
    await counted.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    await counted.find({}, { batchSize: 2 }).toArray();
    await counted.updateOne({ _id: 1 }, { $set: { a: 1 } });
    await counted.deleteMany({});
    const after = await admin.command({ serverStatus: 1 });
    const more = (name: string): number => after['opcounters'][name] - before['opcounters'][name];

    expect(['insert', 'query', 'getmore', 'update', 'delete'].map(more)).toEqual([3, 1, 1, 1, 1]);
    expect(after['network'].bytesIn).toBeGreaterThan(before['network'].bytesIn);
    expect(after['network'].bytesOut).toBeGreaterThan(before['network'].bytesOut);
    expect(after).toMatchObject({
      process: 'mongod',
      connections: { current: expect.any(Number), active: expect.any(Number) },
      mem: { resident: expect.any(Number), virtual: expect.any(Number), bits: 64 },
      globalLock: { activeClients: {}, currentQueue: {} },
      storageEngine: { name: 'lmdb' },
    });
  });

  it('takes it for done to create what is there', async () => {
    await database.db.createCollection('made');

    expect(await database.db.command({ create: 'made' })).toMatchObject({ ok: 1 });
  });

  it('keeps an empty timestamp where it is told to, and else stores the time', async () => {
    const stamped = database.db.collection<{ _id: number; t: Timestamp }>('stamped');
    const empty = new Timestamp({ t: 0, i: 0 });
    await database.db.command({ insert: 'stamped', documents: [{ _id: 1, t: empty }] });
    await database.db.command({
      insert: 'stamped',
      documents: [{ _id: 2, t: empty }],
      bypassEmptyTsReplacement: true,
    });
    await stamped.replaceOne({ _id: 3 }, { t: empty }, { upsert: true });
    const found = await stamped.find().sort({ _id: 1 }).toArray();

    expect(found.map(({ t }) => t.equals(empty))).toEqual([false, true, false]);
  });

  it('keeps a unique and a unique sparse index of one key', async () => {
    const both = database.db.collection('both');
    await both.createIndex({ x: 1 }, { unique: true });

    expect(await both.createIndex({ x: 1 }, { unique: true, sparse: true, name: 'xs' })).toBe('xs');
    expect(
      await failureOf(both.createIndex({ x: 1 }, { unique: true, name: 'again' })),
    ).toMatchObject({ code: 85 });
    expect(
      await failureOf(database.db.command({ dropIndexes: 'both', index: { x: 1 } })),
    ).toMatchObject({ code: 181 });
    await both.dropIndex('xs');
    expect((await both.indexes()).map(({ name }) => name)).toEqual(['_id_', 'x_1']);
  });
});
