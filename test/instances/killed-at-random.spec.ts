import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient, type Answer } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { Receiver } from '../webhooks/support/receiver.js';

jest.setTimeout(1_200_000);

/** As many as `npm run test:kills` asks for, or what a run of all tests has time for. */
const KILLS = Number(process.env['KILLS'] ?? 8);
/** How many answers come between two kills at most. */
const MAX_ANSWERS = 30;
const WORKERS = 4;

interface LoggedEvent {
  id: string;
  type: string;
  sequence: number;
  roomId?: string;
  data: {
    room?: { data?: { change?: string } };
    token?: { id: string };
    userName?: string;
  };
}

interface Room {
  id: string;
  name: string;
}

describe('instances killed at random moments', () => {
  let directory: DataDirectory;
  let database: MongoClient;
  let receiver: Receiver;
  let tenant: ApiClient;
  let node: FakeNode;
  let settings: Record<string, string>;
  const instances: { process: NuvemProcess; url?: string }[] = [];

  /** What was acknowledged, as the events that must be there, and what was asked for, as those that may. */
  const acknowledged = new Set<string>();
  const asked = new Set<string>();
  const rooms: Room[] = [];
  let answers = 0;
  let stopped = false;

  beforeAll(async () => {
    const uri = freshDatabaseUri();
    database = await MongoClient.connect(uri);
    directory = await DataDirectory.make();
    const failed = new Set<string>();
    receiver = await Receiver.start(({ event }) => {
      const isFirst = !failed.has(event.id);
      failed.add(event.id);
      return isFirst && randomInt(3) === 0 ? 500 : 204;
    });
    settings = {
      MONGODB_URI: uri,
      SUPERSERVICE_ID: SUPERSERVICE.serviceId,
      SUPERSERVICE_KEY: SUPERSERVICE.key,
      TOKEN_KEY,
      LOG_LEVEL: 'info',
      CONTROLLER_WAIT_SECONDS: '0',
      FAILED_AUTH_PER_MINUTE: '1000000',
      WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
    };
    for (let index = 0; index < 2; index++) await start(index);
    const url = anyUrl();
    const superservice = new ApiClient(url, SUPERSERVICE);
    tenant = await service(superservice, { name: 'acme' });
    node = await FakeNode.start(await service(superservice, { name: 'node', role: 'node' }));
    const { status, text } = await tenant.post('/v1/webhooks', { url: receiver.url });
    if (status !== 201) throw new Error(`No webhook: ${status} ${text}`);
  });

  afterAll(async () => {
    stopped = true;
    await directory.remove();
    await node.close();
    await receiver.close();
    await database.db().dropDatabase();
    await database.close();
  });

  async function service(superservice: ApiClient, body: object): Promise<ApiClient> {
    const { json } = await superservice.post('/v1/services', body);
    const { id, key } = json as { id: string; key: string };
    return superservice.as({ serviceId: id, key });
  }

  async function start(index: number): Promise<void> {
    const process = directory.start(settings);
    const instance: { process: NuvemProcess; url?: string } = { process };
    instances[index] = instance;
    instance.url = await process.url();
  }

  function anyUrl(): string {
    const urls = instances.flatMap(({ url }) => (url === undefined ? [] : [url]));
    return urls[randomInt(Math.max(1, urls.length))] ?? 'http://127.0.0.1:9';
  }

  /** Asks one of the instances; null when it was killed meanwhile, so that the outcome is not known. */
  async function ask(
    client: ApiClient,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer | null> {
    try {
      const answer = await client.at(anyUrl()).call(method, path, { body });
      answers++;
      return answer;
    } catch {
      // Lets the others have the processor while nobody answers.
      await pause(20);
      return null;
    }
  }

  /** A change that must have its event when it is acknowledged. */
  async function change(
    event: string,
    made: () => Promise<Answer | null>,
  ): Promise<Answer | undefined> {
    asked.add(event);
    const answer = await made();
    if (!answer || answer.status >= 300) return undefined;
    acknowledged.add(event);
    return answer;
  }

  async function create(): Promise<void> {
    const name = new ObjectId().toHexString();
    const answer = await ask(tenant, 'POST', '/v1/rooms', { name, data: { change: name } });
    // Its id is not known before.
    if (answer?.status !== 201) return;
    const { id } = answer.json as Room;
    asked.add(`room.created ${id}`);
    acknowledged.add(`room.created ${id}`);
    rooms.push({ id, name });
  }

  async function patch({ id }: Room): Promise<void> {
    const data = { change: new ObjectId().toHexString() };
    await change(`room.updated ${data.change}`, () =>
      ask(tenant, 'PATCH', `/v1/rooms/${id}`, { data }),
    );
  }

  async function remove(room: Room): Promise<void> {
    rooms.splice(rooms.indexOf(room), 1);
    await change(`room.deleted ${room.id}`, () => ask(tenant, 'DELETE', `/v1/rooms/${room.id}`));
  }

  async function enter({ id }: Room): Promise<void> {
    const userName = `user-${new ObjectId().toHexString()}`;
    const body = { userName, role: 'presenter' };
    const issued = await ask(tenant, 'POST', `/v1/rooms/${id}/tokens`, body);
    if (issued?.status !== 201) return;
    const { token, id: tokenId } = issued.json as { token: string; id: string };
    const redeemed = await change(`token.redeemed ${tokenId}`, () =>
      ask(node.client, 'POST', '/v1/tokens/redeem', { token }),
    );
    if (!redeemed) return;
    node.join(id, userName);
    await change(`participant.removed ${userName}`, () =>
      ask(tenant, 'DELETE', `/v1/rooms/${id}/participants/${userName}`),
    );
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const room = rooms[randomInt(Math.max(1, rooms.length))];
      const turn = randomInt(10);
      if (!room || turn < 3) await create();
      else if (turn < 6) await patch(room);
      else if (turn < 7) await remove(room);
      else await enter(room);
    }
  }

  async function killAtRandom(): Promise<void> {
    for (let kill = 0; kill < KILLS; kill++) {
      const until = answers + 1 + randomInt(MAX_ANSWERS);
      while (answers < until) await pause(1);
      const index = randomInt(instances.length);
      const instance = instances[index];
      if (!instance) continue;
      instance.url = undefined;
      await instance.process.kill();
      await start(index);
    }
  }

  /** All of the tenant's log, once nothing has come for a while. */
  async function log(): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (let after = '0'; ;) {
      const { json } = await tenant
        .at(anyUrl())
        .get(`/v1/events?after=${after}&wait=25&limit=1000`);
      const { items, next } = json as { items: LoggedEvent[]; next: string };
      if (items.length === 0) return events;
      events.push(...items);
      after = next;
    }
  }

  function nameOf({ type, roomId = '', data }: LoggedEvent): string {
    if (type === 'room.updated') return `${type} ${data.room?.data?.change}`;
    if (type === 'token.redeemed') return `${type} ${data.token?.id}`;
    if (type === 'participant.removed') return `${type} ${data.userName}`;
    return `${type} ${roomId}`;
  }

  it('lose nothing that was acknowledged, and tell of nothing that was not done', async () => {
    const beating = setInterval(
      () =>
        void node.client
          .at(anyUrl())
          .put(`/v1/nodes/${node.id}/heartbeat`, {})
          .catch(() => undefined),
      500,
    );
    const working = Array.from({ length: WORKERS }, () => work());
    await killAtRandom();
    stopped = true;
    await Promise.all(working);

    const events = await log();
    clearInterval(beating);
    const told = events.filter(({ type }) =>
      /^(room|token|participant)\.(created|updated|deleted|redeemed|removed)$/.test(type),
    );
    const names = told.map(nameOf);

    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect([...acknowledged].filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    // Of a room whose creation was not acknowledged, the id is not known: the database has it, or its deletion is told.
    const there = await database
      .db()
      .collection('rooms')
      .find({}, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(there.map(({ _id }) => String(_id)));
    const invented = names.filter((name) => {
      const [type = '', what = ''] = name.split(' ');
      return type === 'room.created' ? !asked.has(name) && !known.has(what) : !asked.has(name);
    });
    expect(invented).toEqual([]);

    const ids = events.map(({ id }) => id);
    await receiver.until((received) => {
      const arrived = new Set(received.map(({ event }) => event.id));
      return ids.every((id) => arrived.has(id));
    });
  });
});
