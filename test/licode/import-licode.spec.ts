import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo, Types } from 'mongoose';
import { loadEnvironment } from '../../src/config/load-environment.js';
import { importLicode } from '../../src/licode-import/import/import-licode.js';
import type { ImportReport } from '../../src/licode-import/import/import-report.js';
import { KeySealer } from '../../src/services/key-sealer.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { dump, fillNuvedb, TENANT_KEY } from './nuvedb.js';

const SUPERSERVICE_ID = new Types.ObjectId(SUPERSERVICE.serviceId);
const SMALL = { services: 3, roomsPerService: 10 };

const settings = {
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
};

let client: mongo.MongoClient;
let sealer: KeySealer;
let source: mongo.Db;
let target: mongo.Db;

beforeAll(async () => {
  client = await mongo.MongoClient.connect(freshDatabaseUri());
  const MONGODB_URI = freshDatabaseUri();
  sealer = new KeySealer(await loadEnvironment({ ...settings, MONGODB_URI }));
});

afterAll(() => client.close());

beforeEach(() => {
  source = client.db(new URL(freshDatabaseUri()).pathname.slice(1));
  target = client.db(new URL(freshDatabaseUri()).pathname.slice(1));
});

function run({ from = source, to = target, apply = true } = {}): Promise<ImportReport> {
  return importLicode({
    source: from,
    target: to,
    superserviceId: SUPERSERVICE_ID,
    seal: (key) => `sealed ${key}`,
    open: (sealed) => sealed.replace('sealed ', ''),
    apply,
  });
}

function uriOf({ databaseName }: mongo.Db): string {
  const uri = new URL(freshDatabaseUri());
  uri.pathname = `/${databaseName}`;
  return uri.href;
}

describe('the import of a Licode database', () => {
  it('takes 10,000 rooms in 20 services, twice with the same result', async () => {
    await fillNuvedb(source, { services: 20, roomsPerService: 500 });
    const first = await run();
    const after = await dump(target);
    const second = await run();
    await expect(dump(target).then(withoutMarks)).resolves.toEqual(withoutMarks(after));
    expect(first.rooms).toEqual({ found: 10_020, imported: 10_000, alreadyThere: 0 });
    expect(second.rooms).toEqual({ found: 10_020, imported: 0, alreadyThere: 10_000 });
    expect(second.services).toEqual({ found: 20, imported: 0, alreadyThere: 20 });
  }, 180_000);

  it('reports ghosts, orphans, duplicates and weak keys, and heals the ghosts', async () => {
    await fillNuvedb(source, SMALL);
    const { findings, erizoControllers } = await run();
    const counts = Object.entries(findings).map(([kind, { count }]) => [kind, count]);
    expect(Object.fromEntries(counts)).toEqual({
      ghosts: 3,
      orphans: 3,
      // A room a service, and a node that had registered twice.
      duplicates: 4,
      differing: 0,
      deletedSince: 0,
      changedSince: 0,
      changedByNuve: 0,
      deletedByNuve: 0,
      otherKeys: 0,
      unusable: 0,
      namesAsText: 0,
      oddData: 0,
      servicesWithoutKey: 0,
      weakKeys: 0,
    });
    expect(erizoControllers).toEqual({ found: 2, imported: 1, alreadyThere: 0 });
    await expect(target.collection('rooms').countDocuments()).resolves.toBe(30);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    await fillNuvedb(source, SMALL);
    const planned = await run({ apply: false });
    expect(planned.dryRun).toBe(true);
    await expect(dump(target)).resolves.toEqual({
      services: [],
      rooms: [],
      erizoControllers: [],
      licodeImports: [],
    });
    const done = await run();
    expect(JSON.parse(JSON.stringify(planned))).toEqual({
      ...(JSON.parse(JSON.stringify(done)) as object),
      dryRun: true,
    });
    expect(planned.toString()).toContain('services: 3 found, 3 would be imported');
    expect(done.toString()).toContain('ghosts: 3, rooms that only their service knows of');
  });

  it('leaves every old field in place, so that Nuve can go back', async () => {
    await fillNuvedb(source, SMALL);
    const before = await dump(source);
    await run({ to: source });
    const after = await dump(source);
    for (const collection of ['services', 'rooms', 'erizoControllers']) {
      for (const document of before[collection] as Record<string, unknown>[]) {
        // A node that registered twice goes: Nuve, too, would give its room to another.
        const { erizoControllerId: _, ...kept } = document;
        expect(after[collection]).toContainEqual(expect.objectContaining(kept));
      }
    }
  });

  it('keeps rooms on the nodes that run, and on no other', async () => {
    const { node } = await fillNuvedb(source, SMALL);
    await run({ to: source });
    const assigned = await source
      .collection('rooms')
      .find({ erizoControllerId: { $exists: true } })
      .toArray();
    expect(assigned.map((room) => String(room['erizoControllerId']))).toEqual(
      Array.from({ length: 3 }, () => node.toHexString()),
    );
  });

  it('does not bring back what was deleted, nor undo what was changed, since the first run', async () => {
    const { services } = await fillNuvedb(source, SMALL);
    await run();
    await target.collection('licodeImports').updateMany({}, [
      // As if the rooms were older than a second at the first import.
      { $set: { importedAt: new Date(Date.now() + 60_000) } },
    ]);
    const [renamed, deleted] = await target
      .collection('rooms')
      .find({ service: services[0] })
      .toArray();
    await target.collection('rooms').updateOne({ _id: renamed?._id }, { $set: { name: 'new' } });
    await target.collection('rooms').deleteOne({ _id: deleted?._id });
    await target.collection('services').deleteOne({ _id: services[1] });
    await target.collection('rooms').deleteMany({ service: services[1] });
    const before = await dump(target);
    const { findings } = await run();
    await expect(dump(target).then(withoutMarks)).resolves.toEqual(withoutMarks(before));
    expect(findings.deletedSince.examples).toEqual([
      `room ${String(deleted?._id)}`,
      `service ${String(services[1])}`,
    ]);
  });

  it('completes an import that was cut short', async () => {
    const { services } = await fillNuvedb(source, SMALL);
    await run();
    const whole = await dump(target);
    await target.collection('licodeImports').deleteOne({ _id: services[0] });
    await target.collection('rooms').deleteMany({ service: services[0], name: /[5-9]$/ });
    await run();
    await expect(dump(target).then(withoutMarks)).resolves.toEqual(withoutMarks(whole));
  });

  it('takes rooms that Nuve made after the first run', async () => {
    const { services } = await fillNuvedb(source, SMALL);
    await run();
    const room = { _id: new Types.ObjectId(), name: 'late' };
    await source.collection('rooms').insertOne({ ...room });
    await source
      .collection('services')
      .updateOne({ _id: services[0] }, { $push: { rooms: room } } as object);
    const { rooms } = await run();
    expect(rooms.imported).toBe(1);
    await expect(target.collection('rooms').findOne({ name: 'late' })).resolves.toMatchObject({
      service: services[0],
    });
  });

  it('survives whatever Nuve let in', async () => {
    const good = new Types.ObjectId();
    await source.collection<{ _id: unknown }>('services').insertMany([
      { _id: new Types.ObjectId() },
      { _id: new Types.ObjectId(), name: { a: 1 }, key: 7, rooms: 'none' } as never,
      { _id: 'not an id', name: 'text', key: 'k' } as never,
      {
        _id: new Types.ObjectId(),
        name: 'odd',
        key: 'short',
        rooms: [null, 5, {}, { _id: 'x' }, { _id: good, name: null, p2p: 'yes', data: '' }],
      } as never,
    ]);
    await source.collection('erizoControllers').insertOne({ ip: null, port: 'x' });
    const { findings, services, rooms } = await run();
    expect(services).toEqual({ found: 4, imported: 3, alreadyThere: 0 });
    expect(rooms).toEqual({ found: 5, imported: 1, alreadyThere: 0 });
    expect(findings.unusable.count).toBe(6);
    expect(findings.servicesWithoutKey.count).toBe(2);
    expect(findings.weakKeys.count).toBe(1);
    await expect(target.collection('rooms').findOne({ _id: good })).resolves.toEqual({
      _id: good,
      name: 'null',
      nameParts: ['null', 'l'],
      p2p: true,
      service: expect.any(Types.ObjectId),
      createdAt: expect.any(Date),
    });
  });

  it('keeps what Nuvem itself would not take, answers it as Nuve did, and reports each', async () => {
    const values = ['text', 7, [1, 'two'], true];
    const rooms = [
      ...values.map((data) => ({ _id: new Types.ObjectId(), name: 'odd data', data })),
      ...[null, 42, { a: 1 }].map((name) => ({ _id: new Types.ObjectId(), name })),
    ];
    const { insertedId } = await source
      .collection('services')
      .insertOne({ name: 3, key: TENANT_KEY, rooms });
    await source.collection<object>('rooms').insertMany(rooms.map((room) => ({ ...room })));
    const { findings } = await importLicode({
      source,
      target,
      superserviceId: SUPERSERVICE_ID,
      apply: true,
      seal: (key) => sealer.seal(key),
      open: (sealed) => sealer.open(sealed),
    });
    const ids = rooms.map(({ _id }) => String(_id));
    expect(findings.oddData.examples).toEqual(ids.slice(0, 4));
    expect(findings.namesAsText.examples).toEqual([
      `service ${String(insertedId)} 3`,
      `room ${ids[4]} null`,
      `room ${ids[5]} 42`,
      `room ${ids[6]} {"a":1}`,
    ]);
    const app = await startTestApp({ MONGODB_URI: uriOf(target) });
    try {
      const tenant = app.superservice.as({ serviceId: String(insertedId), key: TENANT_KEY });
      const { json } = await tenant.get('/rooms');
      const seen = (json as { data?: unknown; name: string }[]).map(
        ({ data, name }) => data ?? name,
      );
      expect(seen).toEqual([...values, 'null', '42', '{"a":1}']);
      for (const id of ids.slice(0, 4)) {
        const options = { data: { n: 1 } };
        await expect(tenant.patch(`/rooms/${id}`, { options })).resolves.toMatchObject({
          status: 200,
        });
        await expect(tenant.get(`/rooms/${id}`)).resolves.toMatchObject({ json: options });
      }
    } finally {
      await app.close();
    }
  });

  it('does not take rooms that Nuvem made since for lost ones', async () => {
    const { services } = await fillNuvedb(source, SMALL);
    await run({ to: source });
    await source.collection('rooms').insertOne({ service: services[0], name: 'made by Nuvem' });
    const { findings } = await run({ to: source });
    expect(findings.orphans.count).toBe(SMALL.services);
  });

  it('makes the test room of a service its test room again', async () => {
    const room = { _id: new Types.ObjectId(), name: 'testRoom' };
    await source
      .collection('services')
      .insertOne({ name: 's', key: TENANT_KEY, rooms: [room], testRoom: room });
    await run();
    await run();
    await expect(target.collection('rooms').find({ test: true }).toArray()).resolves.toMatchObject([
      { _id: room._id, name: 'testRoom' },
    ]);
  });
});

function withoutMarks(dumped: Record<string, unknown[]>): Record<string, unknown[]> {
  return { ...dumped, licodeImports: [] };
}
