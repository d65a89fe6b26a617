import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId, type Db } from 'mongodb';
import { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { Receiver } from './support/receiver.js';
import { createWebhook, eventually } from './support/webhook-app.js';

jest.setTimeout(120_000);

const databaseUri = freshDatabaseUri();
const ROOMS = Array.from({ length: 10 }, () => new ObjectId());

let directory: DataDirectory;
let client: MongoClient;
let db: Db;
let receiver: Receiver;

beforeAll(async () => {
  directory = await DataDirectory.make();
  client = await MongoClient.connect(databaseUri);
  db = client.db();
  receiver = await Receiver.start();
});

afterAll(async () => {
  await directory.remove();
  await client.close();
  await receiver.close();
});

function start(): NuvemProcess {
  return directory.start({
    MONGODB_URI: databaseUri,
    SUPERSERVICE_ID: SUPERSERVICE.serviceId,
    SUPERSERVICE_KEY: SUPERSERVICE.key,
    TOKEN_KEY,
  });
}

let happened = 0;

/** Writes events down as a change does that was made by a process which has ended. */
async function happen(service: ObjectId, count: number): Promise<string[]> {
  const documents = Array.from({ length: count }, () => {
    const id = new ObjectId();
    const room = ROOMS[happened++ % ROOMS.length];
    const entry = { id, type: 'room.updated', at: new Date(), service, room, data: '{}' };
    return { _id: id, outbox: [entry] };
  });
  await db.collection('looseEvents').insertMany(documents);
  return documents.map(({ _id }) => `evt_${_id.toHexString()}`);
}

it('no event is lost by processes that are killed in the midst, whichever sends', async () => {
  const processes = [start(), start()];
  const urls = await Promise.all(processes.map((each) => each.url()));
  const superservice = new ApiClient(urls[0] ?? '', SUPERSERVICE);
  const { json } = await superservice.post('/v1/services', { name: 'tenant' });
  const { id, key } = json as { id: string; key: string };
  const tenant = superservice.as({ serviceId: id, key });
  const failed = new Set<string>();
  // A third fails, once: the next but one attempt is minutes away.
  receiver.respond = ({ event }) => {
    if (event.sequence % 3 !== 0 || failed.has(event.id)) return 204;
    failed.add(event.id);
    return 500;
  };
  const webhook = await createWebhook(tenant, receiver.url);
  const ids: string[] = [];
  for (const index of [0, 1, 0]) {
    const before = receiver.received.length;
    ids.push(...(await happen(new ObjectId(id), 150)));
    // In the midst: some have come, and more are under way.
    await receiver.until(({ length }) => length >= before + 20);
    await processes[index]?.kill();
    processes[index] = start();
    await processes[index].url();
  }
  ids.push(...(await happen(new ObjectId(id), 10)));
  await receiver.until((received) => {
    const answered = new Set(received.map(({ event }) => event.id));
    return ids.every((each) => answered.has(each));
  });
  expect(new Set(receiver.ids)).toEqual(new Set(ids));
  const sequences = new Set(receiver.received.map(({ event }) => event.sequence));
  expect([...sequences].sort((a, b) => a - b)).toEqual(ids.map((_, index) => index + 1));
  await eventually(
    () => db.collection('webhookDeliveries').countDocuments({ status: 'delivered' }),
    (count) => count === ids.length,
  );
  await eventually(
    () => db.collection('webhooks').findOne({ _id: new ObjectId(webhook.id) }),
    (stored) => stored?.['cursor'] === ids.length,
  );
});
