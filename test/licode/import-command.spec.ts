import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dropOldFields } from '../../src/licode/drop-old-fields.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { fillNuvedb, ROOM_DATA, TENANT_KEY } from './nuvedb.js';

const SMALL = { services: 3, roomsPerService: 10 };
const settings = {
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
};

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
      ['dist/licode/import-cli.js', ...options],
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

  it('says what is wrong, and leaves with 1', async () => {
    const wrong = [command('--from', 'mongodb:/'), command('--nonsense')];
    await expect(Promise.allSettled(wrong)).resolves.toEqual(
      wrong.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 1 }) })),
    );
  });
});
