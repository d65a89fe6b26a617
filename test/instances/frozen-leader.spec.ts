import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';

jest.setTimeout(240_000);

interface LoggedEvent {
  id: string;
  type: string;
  sequence: number;
  roomId?: string;
}

let directory: DataDirectory;
let database: MongoClient;
let processes: NuvemProcess[];
let urls: string[];
let tenant: ApiClient;
const made: string[] = [];

beforeAll(async () => {
  const uri = freshDatabaseUri();
  database = await MongoClient.connect(uri);
  directory = await DataDirectory.make();
  const settings = {
    MONGODB_URI: uri,
    SUPERSERVICE_ID: SUPERSERVICE.serviceId,
    SUPERSERVICE_KEY: SUPERSERVICE.key,
    TOKEN_KEY,
  };
  processes = [directory.start(settings), directory.start(settings)];
  urls = await Promise.all(processes.map((each) => each.url()));
  const superservice = new ApiClient(urls[0] ?? '', SUPERSERVICE);
  const { json } = await superservice.post('/v1/services', { name: 'acme' });
  const { id, key } = json as { id: string; key: string };
  tenant = superservice.as({ serviceId: id, key });
});

afterAll(async () => {
  for (const each of processes) each.signal('SIGCONT');
  await directory.remove();
  await database.db().dropDatabase();
  await database.close();
});

async function create(url = ''): Promise<void> {
  const name = new ObjectId().toHexString();
  const { status, json } = await tenant.at(url).post('/v1/rooms', { name });
  if (status === 201) made.push((json as { id: string }).id);
}

const createMany = async (count: number, url?: string): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => create(url)));
};

/** The log, once it tells of all rooms that were made. */
async function untilTold(url = ''): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (let after = '0'; ;) {
    const told = new Set(events.map(({ roomId }) => roomId));
    if (made.every((id) => told.has(id))) return events;
    const { json } = await tenant.at(url).get(`/v1/events?after=${after}&wait=25&limit=1000`);
    const { items, next } = json as { items: LoggedEvent[]; next: string };
    events.push(...items);
    after = next;
  }
}

it('an instance that is stopped in the midst of its work, and goes on beside its successor, doubles nothing', async () => {
  // One of the two leads, and is the one that is stopped in one of the rounds.
  for (const [stopped, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const under = createMany(60, urls[other]);
    processes[stopped]?.signal('SIGSTOP');
    await under;
    // It tells of them all: by now the other leads.
    await untilTold(urls[other]);
    const later = createMany(60, urls[other]);
    processes[stopped]?.signal('SIGCONT');
    await Promise.all([later, createMany(60, urls[stopped])]);
  }
  const events = await untilTold(urls[0]);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events).toHaveLength(made.length);
});
