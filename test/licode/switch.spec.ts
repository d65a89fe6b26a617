import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mongo, Types } from 'mongoose';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import { fillNuvedb, TENANT_KEY } from './nuvedb.js';

/** As Licode's installer makes them: one of 32,768. */
const WEAK_KEY = '12345';

let broker: SharedBroker;
let folder: string;
let client: mongo.MongoClient;
let env: NodeJS.ProcessEnv;
let server: ChildProcess | undefined;

beforeAll(async () => {
  broker = await acquireBroker();
  folder = await mkdtemp(join(tmpdir(), 'nuvem-switch-'));
  const database = freshDatabaseUri();
  client = await mongo.MongoClient.connect(database);
  const config = {
    rabbit: { url: broker.url },
    nuve: {
      dataBaseURL: database,
      superserviceID: new Types.ObjectId().toHexString(),
      superserviceKey: WEAK_KEY,
      port: 0,
    },
  };
  const path = join(folder, 'licode_config.js');
  await writeFile(path, `var config = ${JSON.stringify(config)};\nmodule.exports = config;\n`);
  env = {
    PATH: process.env['PATH'],
    DATA_DIR: folder,
    DEMO: 'false',
    LICODE_CONFIG: path,
    LOG_LEVEL: 'silent',
  };
}, 120_000);

afterAll(async () => {
  server?.kill('SIGKILL');
  await FakeAmqpController.stopAll();
  await client.close();
  await rm(folder, { recursive: true });
  await broker.release();
});

it('wants a word before it takes a key that can be guessed', async () => {
  const run = promisify(execFile)(process.execPath, ['dist/main.js'], { env });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ALLOW_WEAK_KEYS'),
  });
});

it('takes the place of Nuve under running nodes, with nothing but licode_config.js', async () => {
  const { services, node } = await fillNuvedb(client.db(), { services: 1, roomsPerService: 5 });
  const controller = await FakeAmqpController.connect({ url: broker.url });
  await controller.resume(node.toHexString());
  env['ALLOW_WEAK_KEYS'] = 'true';
  await promisify(execFile)(process.execPath, ['dist/licode-import/import-cli.js', '--apply'], {
    env,
  });
  const tenant = new ApiClient(await start(), {
    serviceId: String(services[0]),
    key: `${TENANT_KEY}0`,
  });
  let answer: unknown;
  do answer = await controller.beat().catch(() => 'timeout');
  while (answer === 'timeout');
  expect(answer).toBe('ok');
  const room = await client.db().collection('rooms').findOne({ erizoControllerId: node });
  const { text } = await tenant.token(String(room?._id), 'ann', 'presenter');
  const token = JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, string>;
  expect(token).toMatchObject({ host: 'ec.example:8080', secure: true });
  const redeemed = await controller.call('deleteToken', token['tokenId']);
  expect(redeemed).toMatchObject({ userName: 'ann', room: String(room?._id) });
  await expect(tenant.get(`/rooms/${String(room?._id)}/users`)).resolves.toMatchObject({
    status: 200,
    json: [],
  });
  const name = String(room?.['name']).toUpperCase();
  const found = await tenant.get(`/v1/rooms?nameContains=${encodeURIComponent(name)}`);
  expect(found.json).toMatchObject({ items: [{ id: String(room?._id) }], next: null });
}, 60_000);

async function start(): Promise<string> {
  const started = spawn(process.execPath, ['dist/main.js'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server = started;
  for await (const line of createInterface({ input: started.stdout })) {
    const url = /http:\/\/[^ ]+/.exec(line)?.[0];
    if (url && line.includes('is ready')) return url;
  }
  throw new Error('Nuvem did not start');
}
