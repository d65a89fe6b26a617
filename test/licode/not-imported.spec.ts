import { expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { DataDirectory } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { fillNuvedb, TENANT_KEY } from './nuvedb.js';

it('on a nuvedb that was not imported it says so, and is ready only when it was', async () => {
  const settings = {
    MONGODB_URI: freshDatabaseUri(),
    SUPERSERVICE_ID: SUPERSERVICE.serviceId,
    SUPERSERVICE_KEY: SUPERSERVICE.key,
    TOKEN_KEY,
  };
  const client = await mongo.MongoClient.connect(settings.MONGODB_URI);
  const directory = await DataDirectory.make();
  try {
    const { services } = await fillNuvedb(client.db(), { services: 2, roomsPerService: 3 });
    // Nuve could not use it either.
    await client.db().collection<{ _id: string }>('services').insertOne({ _id: 'no id' });
    const nuvem = directory.start(settings);
    const tenant = new ApiClient(await nuvem.url(), {
      serviceId: String(services[0]),
      key: `${TENANT_KEY}0`,
    });
    expect(nuvem.output).toMatch(/services of Licode .* not imported.*import-licode/);
    const red = await tenant.get('/health/ready');
    expect(red).toMatchObject({
      status: 503,
      json: { error: { tenants: { message: expect.stringContaining('run import-licode') } } },
    });
    expect(await tenant.get('/rooms')).toMatchObject({ status: 401 });

    const env = { PATH: process.env['PATH'], ...settings };
    const command = ['dist/licode-import/import-cli.js', '--apply'];
    await promisify(execFile)(process.execPath, command, { env });
    expect(await tenant.get('/health/ready')).toMatchObject({ status: 200 });
    expect(await tenant.get('/rooms')).toMatchObject({ status: 200 });
  } finally {
    await directory.remove();
    await client.close();
  }
}, 180_000);
