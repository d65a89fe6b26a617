import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo, Types } from 'mongoose';
import { loadEnvironment } from '../../src/config/load-environment.js';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import { goBack } from '../../src/licode-import/back/go-back.js';
import type { BackReport } from '../../src/licode-import/back/back-report.js';
import { importLicode } from '../../src/licode-import/import/import-licode.js';
import { KeySealer } from '../../src/services/key-sealer.js';
import type { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';
import { nuveFaults } from './nuve-faults.js';
import { fillNuvedb, TENANT_KEY } from './nuvedb.js';

type Fields = Record<string, unknown>;

const NUVE_COLLECTIONS = ['erizoControllers', 'rooms', 'services', 'tokens'];
const superservice = { id: new Types.ObjectId(SUPERSERVICE.serviceId), key: SUPERSERVICE.key };

let client: mongo.MongoClient;
let sealer: KeySealer;
let nuve: mongo.Db;
let other: mongo.Db;

beforeAll(async () => {
  client = await mongo.MongoClient.connect(freshDatabaseUri());
  const { serviceId: SUPERSERVICE_ID, key: SUPERSERVICE_KEY } = SUPERSERVICE;
  const MONGODB_URI = freshDatabaseUri();
  sealer = new KeySealer(
    await loadEnvironment({ MONGODB_URI, SUPERSERVICE_ID, SUPERSERVICE_KEY, TOKEN_KEY }),
  );
});

afterAll(() => client.close());

beforeEach(() => {
  nuve = client.db(nameOf(freshDatabaseUri()));
  other = client.db(nameOf(freshDatabaseUri()));
});

function nameOf(uri: string): string {
  return new URL(uri).pathname.slice(1);
}

function uriOf({ databaseName }: mongo.Db): string {
  const uri = new URL(freshDatabaseUri());
  uri.pathname = `/${databaseName}`;
  return uri.href;
}

function takeOver(nuvem: mongo.Db): Promise<unknown> {
  const seal = (key: string): string => sealer.seal(key);
  const superserviceId = superservice.id;
  const open = (sealed: string): string => sealer.open(sealed);
  return importLicode({ source: nuve, target: nuvem, superserviceId, seal, open, apply: true });
}

function back(nuvem: mongo.Db, options: { withKeys?: boolean; apply?: boolean } = {}) {
  const open = (sealed: string): string => sealer.open(sealed);
  return goBack({ nuve, nuvem, superservice, open, withKeys: false, apply: true, ...options });
}

interface Meanwhile {
  tenant: ApiClient;
  late: ApiClient;
  /** As the tenants see them at the end. */
  rooms: unknown[];
  lateRooms: unknown[];
  rest: ApiClient;
}

/** Runs Nuvem for a while: rooms and services are made, changed and deleted, nodes of both kinds come. */
async function use(nuvem: mongo.Db, services: Types.ObjectId[]): Promise<Meanwhile> {
  const app = await startTestApp({ MONGODB_URI: uriOf(nuvem) });
  try {
    const tenant = app.superservice.as({
      serviceId: String(services[0]),
      key: `${TENANT_KEY}0`,
    });
    await app.superservice.delete(`/services/${String(services[1])}`);
    await changeRooms(tenant);
    await registerOnTheBus(app);
    const rest = await app.createService('rest', 'node');
    const address = { ip: '192.0.2.2', hostname: '', port: 8080, secure: false };
    await rest.post('/v1/nodes', { ...address, controlUrl: 'http://192.0.2.2:8081' });
    const late = await app.createService('late');
    const { json } = await late.post('/rooms', {
      name: 'standup',
      options: { p2p: true, data: { 'a.b': 1, $c: { 'd.e': 2 } }, mediaConfiguration: 'VP8' },
    });
    await late.token((json as { _id: string })._id, 'ann', 'presenter');
    return {
      tenant,
      late,
      rest,
      rooms: (await tenant.get('/rooms')).json as unknown[],
      lateRooms: (await late.get('/rooms')).json as unknown[],
    };
  } finally {
    await app.close();
  }
}

async function changeRooms(tenant: ApiClient): Promise<void> {
  const [first, second, third] = (await tenant.get('/rooms')).json as { _id: string }[];
  await tenant.delete(`/rooms/${first?._id}`);
  await tenant.put(`/rooms/${second?._id}`, { name: 'renamed', options: { data: { n: 1 } } });
  await tenant.patch(`/rooms/${third?._id}`, { options: { data: { more: true } } });
  await tenant.post('/rooms', { name: 'new' });
  await tenant.post('/rooms', { name: 'x', options: { test: true } });
}

async function registerOnTheBus({ app }: TestApp): Promise<void> {
  const node = { ip: '192.0.2.7', hostname: 'bus.example', port: 8080, ssl: true };
  await app.get(ErizoControllersService).register(node);
}

/** What Nuve would answer to GET /rooms. */
async function listed(service: string): Promise<unknown[]> {
  const document = await nuve.collection('services').findOne({ _id: new Types.ObjectId(service) });
  return JSON.parse(JSON.stringify(document?.['rooms'])) as unknown[];
}

async function collectionsOf(db: mongo.Db): Promise<string[]> {
  return (await db.listCollections().toArray()).map(({ name }) => name).toSorted();
}

async function everything(db: mongo.Db): Promise<unknown> {
  const names = await collectionsOf(db);
  const indexes = await Promise.all(names.map((name) => db.collection(name).indexes()));
  const documents = await Promise.all(names.map((name) => db.collection(name).find({}).toArray()));
  return JSON.parse(JSON.stringify({ names, indexes, documents }));
}

const BY_ID = (a: unknown, b: unknown): number =>
  (a as { _id: string })._id < (b as { _id: string })._id ? -1 : 1;

describe('going back to Nuve', () => {
  it.each(['the same database', 'another database'])(
    'leaves Nuve what Nuvem had in %s, and nothing that ends Nuve',
    async (which) => {
      const { services } = await fillNuvedb(nuve, { services: 3, roomsPerService: 6 });
      const nuvem = which === 'the same database' ? nuve : other;
      await takeOver(nuvem);
      // The rooms are older than the import's second.
      await nuvem
        .collection('licodeImports')
        .updateMany({}, { $set: { importedAt: new Date(Date.now() + 60_000) } });
      const { tenant, late, rooms, lateRooms } = await use(nuvem, services);
      await back(nuvem);

      expect(await nuveFaults(nuve)).toEqual([]);
      expect(NUVE_COLLECTIONS).toEqual(expect.arrayContaining(await collectionsOf(nuve)));
      expect((await listed(tenant.credentials?.serviceId ?? '')).toSorted(BY_ID)).toEqual(rooms);
      expect(await listed(late.credentials?.serviceId ?? '')).toEqual(lateRooms);
      expect(await nuve.collection('services').findOne({ _id: services[1] })).toBeNull();
      const kept = await nuve.collection('services').findOne({ _id: services[0] });
      expect(kept).toMatchObject({ key: `${TENANT_KEY}0`, testRoom: { name: 'testRoom' } });
      const nodes = await nuve.collection('erizoControllers').find({}).toArray();
      expect(nodes).toContainEqual(
        expect.objectContaining({ hostname: 'bus.example', state: 2, keepAlive: 0 }),
      );
      for (const room of [...rooms, ...lateRooms] as Fields[]) {
        const document = await nuve
          .collection('rooms')
          .findOne({ _id: new Types.ObjectId(String(room['_id'])) });
        expect(JSON.parse(JSON.stringify(document))).toMatchObject(room);
      }
    },
  );

  it('changes nothing the second time, and nothing at all in a dry run', async () => {
    const { services } = await fillNuvedb(nuve, { services: 2, roomsPerService: 4 });
    await takeOver(nuve);
    await use(nuve, services);
    const before = await everything(nuve);
    const planned = await back(nuve, { apply: false });
    expect(await everything(nuve)).toEqual(before);
    expect(planned.toString()).toMatch(/^Dry run: nothing was written/);

    const done = await back(nuve);
    expect(without(done)).toEqual(without(planned));
    expect(done.collections).toEqual(expect.arrayContaining(['nonces', 'licodeImports']));
    expect(done.indexes).toEqual(expect.arrayContaining(['rooms.service_1__id_1']));
    const after = await everything(nuve);
    const again = await back(nuve);
    expect(await everything(nuve)).toEqual(after);
    expect(again).toMatchObject({
      services: { changed: 0, removed: 0 },
      rooms: { changed: 0, removed: 0 },
      erizoControllers: { changed: 0, removed: 0 },
      tokens: { removed: 0 },
      indexes: [],
      collections: [],
    });
  });

  it('names the services that Nuve will refuse, and writes keys in clear only when told to', async () => {
    const { services } = await fillNuvedb(nuve, { services: 2, roomsPerService: 2 });
    await takeOver(nuve);
    const { late, rest } = await use(nuve, services);
    const id = new Types.ObjectId(late.credentials?.serviceId);
    const keyOf = async (): Promise<unknown> =>
      (await nuve.collection('services').findOne({ _id: id }))?.['key'];
    for (let time = 0; time < 2; time++) {
      const { refused } = (await back(nuve)).findings;
      expect(refused.examples.toSorted()).toEqual(
        [
          `${rest.credentials?.serviceId} rest`,
          `${String(id)} late`,
          `${SUPERSERVICE.serviceId} superService`,
        ].toSorted(),
      );
      expect(await keyOf()).toMatch(/^[0-9a-f]{64}$/);
      expect(await keyOf()).not.toBe(late.credentials?.key);
    }
    const report = await back(nuve, { withKeys: true });
    expect(report.findings.refused.examples).toEqual([`${rest.credentials?.serviceId} rest`]);
    expect(await keyOf()).toBe(late.credentials?.key);
    const itself = await nuve.collection('services').findOne({ _id: superservice.id });
    expect(itself).toMatchObject({ key: SUPERSERVICE.key, rooms: [] });
  });

  it('can be undone: imported again, tenants go on', async () => {
    const { services } = await fillNuvedb(nuve, { services: 2, roomsPerService: 3 });
    await takeOver(nuve);
    const { late, lateRooms } = await use(nuve, services);
    await back(nuve);
    await takeOver(nuve);
    const app = await startTestApp({ MONGODB_URI: uriOf(nuve) });
    try {
      expect((await late.at(app.url).get('/rooms')).json).toEqual(lateRooms);
    } finally {
      await app.close();
    }
  });

  it('completes what was cut short', async () => {
    const { services } = await fillNuvedb(nuve, { services: 3, roomsPerService: 3 });
    await takeOver(other);
    const { rooms, tenant } = await use(other, services);
    const broken = await mongo.MongoClient.connect(uriOf(nuve));
    let opened = 0;
    const open = (sealed: string): string => {
      opened += 1;
      if (opened === 2) void broken.close();
      return sealer.open(sealed);
    };
    const options = { nuvem: other, superservice, open, withKeys: false, apply: true };
    await expect(goBack({ ...options, nuve: broken.db() })).rejects.toBeInstanceOf(
      mongo.MongoError,
    );
    await back(other);
    expect(await nuveFaults(nuve)).toEqual([]);
    expect(await listed(tenant.credentials?.serviceId ?? '')).toHaveLength(rooms.length);
  });
});

function without(report: BackReport): unknown {
  return { ...(JSON.parse(JSON.stringify(report)) as object), dryRun: undefined };
}
