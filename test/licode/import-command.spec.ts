import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dropOldFields } from '../../src/licode-import/import/drop-old-fields.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { dump, fillNuvedb, ROOM_DATA, TENANT_KEY } from './nuvedb.js';

const SMALL = { services: 3, roomsPerService: 10 };
const settings = {
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
};

const REFUSED = 'mongodb://127.0.0.1:4999/x';
const SECRET = REFUSED.replace('//', '//user:secret@');
const SOON = 'serverSelectionTimeoutMS=200';

let client: mongo.MongoClient;
let source: mongo.Db;
let target: mongo.Db;

beforeAll(async () => {
  client = await mongo.MongoClient.connect(freshDatabaseUri());
});

afterAll(() => client.close());

beforeEach(() => {
  source = client.db(new URL(freshDatabaseUri()).pathname.slice(1));
  target = client.db(new URL(freshDatabaseUri()).pathname.slice(1));
});

function uriOf({ databaseName }: mongo.Db): string {
  const uri = new URL(freshDatabaseUri());
  uri.pathname = `/${databaseName}`;
  return uri.href;
}

describe('the import command', () => {
  async function command(...options: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['dist/licode-import/import-cli.js', ...options],
      { env: { PATH: process.env['PATH'], ...settings, MONGODB_URI: uriOf(target) } },
    );
    return stdout;
  }

  it('lets tenants go on with their keys and rooms', async () => {
    const { services } = await fillNuvedb(source, SMALL);
    await expect(command('--from', uriOf(source))).resolves.toContain('Dry run');
    const report = await command('--from', uriOf(source), '--apply', '--json');
    expect(JSON.parse(report)).toMatchObject({
      services: { imported: 3 },
      rooms: { imported: 30 },
    });
    const app = await startTestApp({ MONGODB_URI: uriOf(target) });
    try {
      const tenant = app.superservice.as({
        serviceId: String(services[1]),
        key: `${TENANT_KEY}1`,
      });
      const { status, json } = await tenant.get('/rooms');
      expect(status).toBe(200);
      expect(json).toHaveLength(10);
      expect(json).toContainEqual({
        _id: expect.any(String),
        name: 'room 0',
        p2p: true,
        data: ROOM_DATA,
      });
    } finally {
      await app.close();
    }
  });

  it('works in the very database of Licode, and removes the old fields when told to', async () => {
    const { services } = await fillNuvedb(target, SMALL);
    await command('--apply');
    const tenant = { serviceId: String(services[0]), key: `${TENANT_KEY}0` };
    const app = await startTestApp({ MONGODB_URI: uriOf(target) });
    try {
      await expect(app.superservice.as(tenant).get('/rooms')).resolves.toMatchObject({
        status: 200,
      });
      await expect(dropOldFields(target)).resolves.toBe(3);
      await expect(app.superservice.as(tenant).get('/rooms')).resolves.toMatchObject({
        status: 200,
      });
    } finally {
      await app.close();
    }
    const kept = await target.collection('services').findOne({ _id: services[0] });
    expect(Object.keys(kept ?? {}).toSorted()).toEqual(
      '_id createdAt name role sealedKey'.split(' '),
    );
  });

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--from', 'mongodb:/'], '--from mongodb:/: Invalid scheme'],
    [['--from', 'foo'], '--from foo: Invalid scheme'],
    [['--from', 'user:p@ss@foo'], '--from foo: Invalid scheme'],
    [['--from', `${REFUSED}?${SOON}`], `--from ${REFUSED}: connect ECONNREFUSED`],
    [['--to', `${SECRET}?${SOON}`, '--from', 'SOURCE'], `--to ${REFUSED}: connect ECONNREFUSED`],
    [['--from', `${SECRET}?${SOON}&appName=a@b`], '--from (an address with credentials): connect'],
    [['--from', 'TARGET'], 'nothing of Licode is in the database nuvem_test_'],
    [['--back', '--from', 'TARGET'], 'nothing of Nuvem is in the database nuvem_test_'],
  ])('says what is wrong with %j, and leaves with 1', async (options, message) => {
    await fillNuvedb(source, { services: 1, roomsPerService: 2 });
    const known: Record<string, string> = { SOURCE: uriOf(source), TARGET: uriOf(target) };
    const run = command(...options.map((option) => known[option] ?? option), '--apply');
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect((error as { stderr: string }).stderr).not.toMatch(/user|p@ss|secret/);
  });

  it('refuses to go back where the --to of the import is forgotten, and writes nothing', async () => {
    await fillNuvedb(source, SMALL);
    await source.collection('tokens').insertOne({ room: 'one that Nuve may still redeem' });
    await command('--from', uriOf(source), '--apply');
    const before = await dump(source);
    const { stdout, stderr, code } = (await promisify(execFile)(
      process.execPath,
      ['dist/licode-import/import-cli.js', '--back', '--apply'],
      { env: { PATH: process.env['PATH'], ...settings, MONGODB_URI: uriOf(source) } },
    ).catch((reason: unknown) => reason)) as Record<string, unknown>;
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toContain('was the import done with --to?');
    await expect(dump(source)).resolves.toEqual(before);
    await expect(source.collection('tokens').countDocuments()).resolves.toBe(1);
  });
});
