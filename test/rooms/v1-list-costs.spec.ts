import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection, type mongo } from 'mongoose';
import { searchFields } from '../../src/rooms/search/search-fields.js';
import type { ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROOMS = 3_000;
const NODES = [new Types.ObjectId(), new Types.ObjectId()];
/** Rooms that a page of three may look at: itself, one more, and what is of the same value as the place it goes on from. */
const BOUND = 10;

interface Explained {
  executionStats: { totalKeysExamined: number; totalDocsExamined: number };
}

let server: TestApp;
let tenant: ApiClient;
let database: mongo.Db;
let finds: mongo.Document[] = [];

beforeAll(async () => {
  const uri = new URL(freshDatabaseUri());
  uri.searchParams.set('monitorCommands', 'true');
  server = await startTestApp({ MONGODB_URI: uri.href });
  tenant = await server.createService('tenant');
  const connection = server.app.get<Connection>(getConnectionToken());
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const find = command as mongo.Document;
    if (commandName === 'find' && find['find'] === 'rooms') finds.push(find);
  });
  database = connection.db as mongo.Db;
  const service = new Types.ObjectId(tenant.credentials?.serviceId);
  const rooms = Array.from({ length: ROOMS }, (_, i) => {
    const name = i % 3 === 0 ? 'same name' : `room ${i}`;
    const data = { color: i % 2 === 0 ? 'red' : 'blue', number: i };
    return {
      _id: new Types.ObjectId(),
      service,
      name,
      data,
      // A thousand are of one moment, as after an import.
      createdAt: new Date(i < 1_000 ? 0 : i),
      ...searchFields({ name, data }),
      ...(i % 4 !== 0 && { erizoControllerId: NODES[i % 2] }),
    };
  });
  await database.collection('rooms').insertMany(rooms);
});

afterAll(() => server.close());

/** How much the database looks at for what a request asks of it. */
async function costOf(path: string): Promise<{ keys: number; documents: number; next: string }> {
  finds = [];
  const { status, json } = await tenant.get(path);
  expect(status).toBe(200);
  const { items, next } = json as { items: object[]; next: string };
  expect(items).toHaveLength(3);
  const asked = finds.map(({ find, filter, sort, limit, hint, projection }) => ({
    find,
    filter,
    projection,
    ...(sort && { sort }),
    ...(limit && { limit }),
    ...(hint && { hint }),
  }));
  let [keys, documents] = [0, 0];
  for (const explain of asked) {
    const verbosity = 'executionStats';
    const { executionStats } = (await database.command({ explain, verbosity })) as Explained;
    keys += executionStats.totalKeysExamined;
    documents += executionStats.totalDocsExamined;
  }
  return { keys, documents, next };
}

describe(`a page of ${ROOMS} rooms`, () => {
  it.each([
    'sort=createdAt',
    'sort=-createdAt',
    'sort=name',
    'sort=-name',
    'name=same name',
    'name=same name&sort=-createdAt',
    'namePrefix=same',
    'namePrefix=room 2&sort=-name',
    `node=${NODES[1]?.toHexString()}`,
    `node=${NODES[1]?.toHexString()}&sort=-createdAt`,
    'state=assigned',
    'state=assigned&sort=-createdAt',
    'state=idle',
    'state=idle&sort=-createdAt',
    'dataKey=color&dataValue=red',
    'dataKey=color&dataValue=red&sort=-createdAt',
    'createdFrom=1970-01-01T00:00:00.500Z',
    'dataKey=color&dataValue=red&createdFrom=1970-01-01T00:00:01.500Z',
    'idPrefix=6',
  ])('is read from an index, and so is the one after it, with %s', async (query) => {
    const first = await costOf(`/v1/rooms?limit=3&${query}`);
    expect(Math.max(first.keys, first.documents)).toBeLessThanOrEqual(BOUND);
    const second = await costOf(`/v1/rooms?limit=3&${query}&cursor=${first.next}`);
    expect(Math.max(second.keys, second.documents)).toBeLessThanOrEqual(BOUND);
  });

  it('looks at what begins as a piece of a name does, and at nothing else', async () => {
    finds = [];
    const { json } = await tenant.get('/v1/rooms?nameContains=oom%202999&limit=3');
    expect(json).toMatchObject({ items: [{ name: 'room 2999' }], next: null });
    expect(finds).toHaveLength(3);
    let keys = 0;
    for (const { find, filter, hint } of finds) {
      const explain = { find, filter, hint };
      const verbosity = 'executionStats';
      const { executionStats } = (await database.command({ explain, verbosity })) as Explained;
      keys += executionStats.totalKeysExamined;
    }
    expect(keys).toBeLessThanOrEqual(BOUND);
  });
});
