import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { mongo, Types, type Connection } from 'mongoose';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ErizoControllerSchema } from '../../src/erizo-controllers/schemas/erizo-controller.schema.js';
import { goBack } from '../../src/licode-import/back/go-back.js';
import { dropOldFields } from '../../src/licode-import/import/drop-old-fields.js';
import { importLicode } from '../../src/licode-import/import/import-licode.js';
import { OWN_COLLECTIONS, OWN_INDEXES } from '../../src/licode-import/own-collections.js';
import { RoomSchema } from '../../src/rooms/schemas/room.schema.js';
import { ServiceSchema } from '../../src/services/schemas/service.schema.js';
import { TokenSchema } from '../../src/tokens/schemas/token.schema.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { nuveFaults } from './nuve-faults.js';
import { fillNuvedb, TENANT_KEY } from './nuvedb.js';

const superservice = { id: new Types.ObjectId(SUPERSERVICE.serviceId), key: SUPERSERVICE.key };
const LATER = new Date(Date.now() + 60_000);

let client: mongo.MongoClient;
let nuve: mongo.Db;
let other: mongo.Db;
let services: Types.ObjectId[];

beforeAll(async () => {
  client = await mongo.MongoClient.connect(freshDatabaseUri());
});

afterAll(() => client.close());

beforeEach(async () => {
  const names = [1, 2].map(() => new URL(freshDatabaseUri()).pathname.slice(1));
  [nuve, other] = names.map((name) => client.db(name)) as [mongo.Db, mongo.Db];
  ({ services } = await fillNuvedb(nuve, { services: 2, roomsPerService: 4 }));
});

async function takeOver(target: mongo.Db): Promise<void> {
  const seal = (key: string): string => `sealed ${key}`;
  const open = (sealed: string): string => sealed.replace('sealed ', '');
  const options = { source: nuve, target, superserviceId: superservice.id, seal, open };
  await importLicode({ ...options, apply: true });
  await target.collection('licodeImports').updateMany({}, { $set: { importedAt: LATER } });
}

function back(nuvem: mongo.Db, withKeys = false) {
  const open = (sealed: string): string => sealed.replace('sealed ', '');
  return goBack({ nuve, nuvem, superservice, open, withKeys, apply: true });
}

function uriOf({ databaseName }: mongo.Db): string {
  const uri = new URL(freshDatabaseUri());
  uri.pathname = `/${databaseName}`;
  return uri.href;
}

async function listedBy(service?: Types.ObjectId): Promise<string[]> {
  const document = await nuve.collection('services').findOne({ _id: service });
  return ((document?.['rooms'] ?? []) as { _id: unknown }[]).map(({ _id }) => String(_id));
}

/** A room that Nuve makes after the import: an id that is newer, a document, and a place in the list. */
async function makeInNuve(service?: Types.ObjectId): Promise<string> {
  const _id = Types.ObjectId.createFromTime(Math.floor(LATER.getTime() / 1000) + 60);
  const room = { name: 'later', _id };
  await nuve.collection('rooms').insertOne({ ...room });
  await nuve
    .collection('services')
    .updateOne({ _id: service }, { $push: { rooms: room } } as object);
  return _id.toHexString();
}

describe('a room that was deleted in Nuvem', () => {
  it.each(['the same database', 'one of its own'])('is none in Nuve, with %s', async (where) => {
    const nuvem = where === 'the same database' ? nuve : other;
    await takeOver(nuvem);
    const [service] = services;
    const rooms = nuvem.collection('rooms');
    const room = await rooms.findOne({ service });
    const mark = { deletedOf: service, deletedAt: new Date() };
    await rooms.replaceOne({ _id: room?._id }, mark);
    await takeOver(nuvem);
    expect(await rooms.findOne({ _id: room?._id })).toEqual({ _id: room?._id, ...mark });
    await back(nuvem);
    expect(await listedBy(service)).not.toContain(String(room?._id));
    expect(await nuve.collection('rooms').findOne({ _id: room?._id })).toBeNull();
  });
});

describe('what going back removes', () => {
  it('is every index and collection that the application makes', async () => {
    const app = await startTestApp({ MONGODB_URI: uriOf(nuve) });
    const { models } = app.app.get<Connection>(getConnectionToken());
    try {
      for (const { collection, schema } of Object.values(models)) {
        const own = OWN_INDEXES.get(collection.name);
        expect([...OWN_COLLECTIONS, ...OWN_INDEXES.keys()]).toContain(collection.name);
        const keys = schema.indexes().map(([fields]) => fields);
        if (own) expect(own).toEqual(expect.arrayContaining(keys));
      }
    } finally {
      await app.close();
    }
    await nuve
      .collection('erizoControllers')
      .createIndex({ lastSeen: 1 }, { expireAfterSeconds: 3600 });
    await back(nuve);
    const left = await nuve.listCollections().toArray();
    const own = left.filter(({ name }) => OWN_COLLECTIONS.includes(name));
    expect(own).toEqual([]);
    expect((await nuveFaults(nuve)).filter((fault) => fault.startsWith('index'))).toEqual([]);
  });

  it('is nothing of others', async () => {
    await nuve.collection('rooms').createIndex({ name: 1 }, { name: 'of an operator' });
    await nuve.collection('statistics').insertOne({ calls: 7 });
    await nuve.collection('activity').insertOne({ mine: true });
    await nuve.collection('services').updateOne({ _id: services[0] }, { $set: { note: 'mine' } });
    await takeOver(other);
    await back(other);
    const indexes = await nuve.collection('rooms').indexes();
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'of an operator']);
    expect(await nuve.collection('statistics').countDocuments()).toBe(1);
    // Nuvem has a collection of this name, but in a database of its own.
    expect(await nuve.collection('activity').countDocuments()).toBe(1);
    const service = await nuve.collection('services').findOne({ _id: services[0] });
    expect(service).toMatchObject({ note: 'mine' });
  });

  it.each(['the same', 'another'])(
    'is no service or room that Nuve made since, on %s database',
    async (which) => {
      const nuvem = which === 'the same' ? nuve : other;
      await takeOver(nuvem);
      const made = await makeInNuve(services[0]);
      const unknown = { name: 'unknown', key: 'k', rooms: [] };
      const { insertedId } = await nuve.collection('services').insertOne({ ...unknown });
      await back(nuvem);
      expect(await listedBy(services[0])).toContain(made);
      const service = await nuve.collection('services').findOne({ _id: insertedId });
      expect(service).toEqual({ _id: insertedId, ...unknown });
      expect(await nuveFaults(nuve)).toEqual([]);
    },
  );

  it('is what Nuve ends on: rooms without a document, entries that are none, a lost test room', async () => {
    await takeOver(nuve);
    const [first] = services;
    const gone = { _id: new Types.ObjectId(), name: 'testRoom' };
    await nuve.collection('services').updateOne({ _id: first }, {
      $push: { rooms: { $each: [null, 5, {}, gone] } },
      $set: { testRoom: gone, testToken: { use: 3 } },
    } as object);
    const report = await back(nuve);
    // With the room that is listed twice in each of the two services.
    expect(report.rooms).toEqual({ found: 8, changed: 0, removed: 6 });
    expect(await listedBy(first)).toHaveLength(4);
    const service = await nuve.collection('services').findOne({ _id: first });
    expect(service).not.toHaveProperty('testRoom');
    expect(service).not.toHaveProperty('testToken');
    expect(await nuveFaults(nuve)).toEqual([]);
  });

  it('is tokens of rooms and services that are gone, and no other', async () => {
    await takeOver(nuve);
    const [, room] = await listedBy(services[0]);
    const token = {
      room: new Types.ObjectId(room),
      service: services[0],
      creationDate: new Date(),
    };
    await nuve.collection('tokens').insertMany([
      { ...token, userName: 'ann' },
      { ...token, room: new Types.ObjectId(), userName: 'bob' },
      { ...token, service: new Types.ObjectId(), use: 491, userName: 'cid' },
    ]);
    expect((await back(nuve)).tokens).toEqual({ found: 3, changed: 0, removed: 2 });
    const left = await nuve.collection('tokens').find({}).toArray();
    expect(left.map(({ userName }) => userName as unknown)).toEqual(['ann']);
  });
});

describe('what going back leaves in the documents of Nuve', () => {
  const NUVES = {
    erizoControllers: ['ip', 'hostname', 'port', 'ssl', 'state'],
    rooms: ['name', 'p2p', 'data', 'mediaConfiguration', 'erizoControllerId'],
    services: ['name'],
    tokens: [
      'userName',
      'room',
      'role',
      'service',
      'creationDate',
      'host',
      'secure',
      'p2p',
      'use',
      'mediaConfiguration',
    ],
  };
  // Nodes that have them are removed.
  const GONE = ['controlUrl', 'service'];

  it.each([
    ['services', ServiceSchema, 'services'],
    ['rooms', RoomSchema, 'rooms'],
    ['nodes', ErizoControllerSchema, 'erizoControllers'],
    ['tokens', TokenSchema, 'tokens'],
  ] as const)('is told by the guide, field by field, of %s', async (kind, schema, collection) => {
    const guide = await readFile(
      new URL('../../docs/guides/migrate-from-nuve.md', import.meta.url),
      'utf8',
    );
    const [, item = ''] = new RegExp(`^- ${kind} keep ([^]*?)[:;.]`, 'm').exec(guide) ?? [];
    const told = [...item.matchAll(/`(\w+)`/g)].map(([, field]) => field);
    const own = Object.keys(schema.paths).filter(
      (field) =>
        !['_id', ...NUVES[collection]].includes(field) &&
        !(kind === 'nodes' && GONE.includes(field)),
    );
    expect(new Set(told)).toEqual(new Set(own));
  });

  it('is reported without what steers a terminal, whatever a name says', async () => {
    await takeOver(nuve);
    const name = '\u001b]0;title\u0007\u009b2J\u202Egone';
    await nuve.collection('services').insertOne({ name, role: 'tenant', sealedKey: 'sealed x' });
    const report = String(await back(nuve));
    expect(report).toContain('\\u{1b}]0;title\\u{7}\\u{9b}2J\\u{202e}gone');
    expect(report.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is a key that nobody knows where there is none in clear', async () => {
    await takeOver(nuve);
    await nuve
      .collection('services')
      .insertOne({ name: 'late', role: 'tenant', sealedKey: 'sealed x' });
    const { findings } = await back(nuve);
    const late = await nuve.collection('services').findOne({ name: 'late' });
    expect(late).toMatchObject({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      sealedKey: 'sealed x',
    });
    expect(findings.refused.examples).toEqual([`${String(late?._id)} late`]);
  });
});

describe('what going back brings', () => {
  it('is as many rooms as fit into a service, and the others are told', async () => {
    await takeOver(nuve);
    const data = { text: 'x'.repeat(100_000) };
    const rooms = Array.from({ length: 200 }, (_, n) => ({
      service: services[0],
      name: `${n}`,
      data,
    }));
    await nuve.collection('rooms').insertMany(rooms);
    const { findings } = await back(nuve);
    const listed = await listedBy(services[0]);
    expect(findings.tooLarge.count).toBe(204 - listed.length);
    expect(listed.length).toBeGreaterThan(150);
    expect(await nuveFaults(nuve)).toEqual([]);
  });

  it('is keys and rooms that were dropped since', async () => {
    await takeOver(nuve);
    await dropOldFields(nuve);
    expect(await nuveFaults(nuve)).not.toEqual([]);
    await back(nuve, true);
    expect(await nuveFaults(nuve)).toEqual([]);
    const service = await nuve.collection('services').findOne({ _id: services[1] });
    expect(service).toMatchObject({ key: `${TENANT_KEY}1` });
    expect(await listedBy(services[1])).toHaveLength(4);
  });
});

describe('import-licode --back', () => {
  const env = {
    PATH: process.env['PATH'],
    SUPERSERVICE_ID: SUPERSERVICE.serviceId,
    SUPERSERVICE_KEY: SUPERSERVICE.key,
    TOKEN_KEY,
  };

  async function command(...options: string[]): Promise<string> {
    const settings = { env: { ...env, MONGODB_URI: uriOf(nuve) } };
    const arguments_ = ['dist/licode-import/import-cli.js', ...options];
    return (await promisify(execFile)(process.execPath, arguments_, settings)).stdout;
  }

  it('says what it would do, does it, and has nothing left to do', async () => {
    await command('--apply');
    await expect(command('--back')).resolves.toMatch(
      /^Dry run: .*\nservices: 2 found, 2 would be brought up to date[^]*licodeImports/,
    );
    await expect(command('--back', '--with-keys', '--apply')).resolves.toContain(
      'collections removed: licodeImports',
    );
    const again = JSON.parse(await command('--back', '--json')) as object;
    expect(again).toMatchObject({ services: { changed: 0 }, indexes: [], collections: [] });
    expect(await nuveFaults(nuve)).toEqual([]);
  }, 180_000);

  it('takes no option of the other way', async () => {
    const { stderr } = await command('--back', '--drop-old-fields').then(
      () => ({ stderr: '' }),
      (error: { stderr: string }) => error,
    );
    expect(stderr).toContain('--drop-old-fields is of no use with --back');
  });
});
