import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const COPIES = 3;
/** Requests under way at once: enough to race, and not so many that they only queue. */
const AT_ONCE = 60;

jest.setTimeout(120_000);

let copies: TestApp[];
let tenant: ApiClient;
let nodes: FakeNode[];

beforeAll(async () => {
  const settings = { ASSIGNMENT_STRATEGY: 'random', CONTROLLER_WAIT_SECONDS: '10' };
  const first = await startTestApp(settings);
  copies = [first];
  while (copies.length < COPIES) {
    copies.push(await startTestApp({ ...settings, MONGODB_URI: first.databaseUri }));
  }
  tenant = await first.createService('tenant');
  const nodeClient = await first.createService('nodes', 'node');
  nodes = await Promise.all(
    [8081, 8082, 8083, 8084].map((port) => FakeNode.start(nodeClient, { port })),
  );
  for (const node of nodes) node.keepBeating();
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await Promise.all(copies.map((copy) => copy.close()));
});

/** The same service, on the copies in turn. */
function on(client: ApiClient, index: number): ApiClient {
  return client.at(copies[index % COPIES]?.url ?? '');
}

/** Starts them in their order, and has so many under way at once. */
async function inParallel<T>(tasks: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tasks.length; index = next++) {
      const task = tasks[index];
      if (task) results[index] = await task();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const idOf = ({ json }: Answer): string => (json as { _id: string })._id;

async function createRooms(count: number, client = tenant): Promise<string[]> {
  return inParallel(
    times(count, (index) => async () => idOf(await client.post('/rooms', { name: `r${index}` }))),
  );
}

describe('three instances on one database', () => {
  it('put a room on one node, whoever asks first: 100 rooms, 16 first tokens each', async () => {
    const rooms = await createRooms(100);
    const hosts = new Map(rooms.map((room) => [room, new Set<string | undefined>()]));
    await inParallel(
      rooms.flatMap((room) =>
        times(16, (index) => async () => {
          const { status, text } = await on(tenant, index).token(room, `u${index}`, 'presenter');
          expect(status).toBe(200);
          hosts.get(room)?.add(decodeToken(text)?.host);
        }),
      ),
    );
    expect([...hosts.values()].map(({ size }) => size)).toEqual(times(100, () => 1));
    // Else it would be one node by the strategy, and not by who won.
    const used = new Set([...hosts.values()].flatMap((set) => [...set]));
    expect(used.size).toBe(nodes.length);
  });

  it('redeem a token once: 200 tokens, 10 redemptions each', async () => {
    const [room = ''] = await createRooms(1);
    const tokens = await inParallel(
      times(200, (index) => async () => (await on(tenant, index).token(room, 'a', 'viewer')).text),
    );
    const clients = [(nodes[0] as FakeNode).client, copies[0]!.superservice];
    const answers = await inParallel(
      tokens.flatMap((token) =>
        times(10, (index) => async () => {
          const by = index % 2;
          const { status, json } = await on(clients[by]!, index >> 1).post('/v1/tokens/redeem', {
            token,
          });
          return { by, status, id: (json as { id?: string }).id };
        }),
      ),
    );
    // Each by one of the two, which is told so as often as it asks.
    const redeemed = answers.filter(({ status }) => status === 200);
    expect(new Set(redeemed.map(({ id }) => id)).size).toBe(200);
    expect(new Set(redeemed.map(({ id, by }) => `${id} ${by}`)).size).toBe(200);
    expect(redeemed).toHaveLength(1_000);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(1_000);
  });

  it('make one room a name: 50 names, 20 times getOrCreate each', async () => {
    const service = await copies[0]?.createService('names');
    if (!service) throw new Error('There is no copy');
    const ids = times(50, () => new Set<string>());
    await inParallel(
      ids.flatMap((set, name) =>
        times(20, (index) => async () => {
          const body = { name: `name ${name}`, options: { getOrCreate: true } };
          set.add(idOf(await on(service, index).post('/rooms', body)));
        }),
      ),
    );
    expect(ids.map(({ size }) => size)).toEqual(times(50, () => 1));
    expect((await service.get('/rooms')).json).toHaveLength(50);
  });

  it('make one test room a service', async () => {
    const service = await copies[0]?.createService('test');
    if (!service) throw new Error('There is no copy');
    const answers = await inParallel(
      times(
        60,
        (index) => () => on(service, index).post('/rooms', { name: 'x', options: { test: true } }),
      ),
    );
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });

  it('lose nothing and bring nothing back: 500 creates beside 500 deletes and 500 patches', async () => {
    const service = await copies[0]?.createService('churn');
    if (!service) throw new Error('There is no copy');
    const doomed = await createRooms(500, service);
    const patched = await createRooms(500, service);
    const statuses = await inParallel(
      times(500, (index) => [
        async () => {
          const { status } = await on(service, index).post('/rooms', { name: `new ${index}` });
          return `create ${status}`;
        },
        async () => {
          const { status } = await on(service, index + 1).delete(`/rooms/${doomed[index]}`);
          return `delete ${status}`;
        },
        async () => {
          const body = { options: { data: { index } } };
          const { status } = await on(service, index + 2).patch(`/rooms/${patched[index]}`, body);
          return `patch ${status}`;
        },
      ]).flat(),
    );
    expect(new Set(statuses)).toEqual(new Set(['create 200', 'delete 200', 'patch 200']));

    const left = (await service.get('/rooms')).json as { _id: string; name: string }[];
    const names = left.filter(({ _id }) => !patched.includes(_id)).map(({ name }) => name);
    expect(names.sort()).toEqual(times(500, (index) => `new ${index}`).sort());
    expect(left.filter(({ _id }) => patched.includes(_id)).sort(byId)).toEqual(
      patched.map((_id, index) => ({ _id, name: `r${index}`, data: { index } })).sort(byId),
    );
  });

  it('keep every key that concurrent patches set in one room', async () => {
    const [room = ''] = await createRooms(1);
    await inParallel(
      times(
        60,
        (index) => () =>
          on(tenant, index).patch(`/rooms/${room}`, {
            options: { data: { [`k${index}`]: index } },
          }),
      ),
    );
    const { json } = await tenant.get(`/rooms/${room}`);
    expect(Object.keys((json as { data: object }).data)).toHaveLength(60);
  });

  it('delete a room once', async () => {
    const [room = ''] = await createRooms(1);
    const answers = await inParallel(
      times(30, (index) => () => on(tenant, index).delete(`/rooms/${room}`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(29);
  });

  it('refuse a key within a second after it was deleted on another instance', async () => {
    const gone = await copies[0]?.createService('gone');
    if (!gone) throw new Error('There is no copy');
    for (const index of times(COPIES, (i) => i))
      expectJson(await on(gone, index).get('/rooms'), []);
    await copies[0]?.superservice.delete(`/services/${gone.credentials?.serviceId}`);
    const deletedAt = performance.now();
    expectError(await gone.get('/rooms'), 'UNAUTHENTICATED');
    for (const index of [1, 2]) {
      // An answer to a request that began a second later may not be another 200.
      for (;;) {
        const lateBy = performance.now() - deletedAt;
        const { status } = await on(gone, index).get('/rooms');
        if (status === 401) break;
        expect(lateBy).toBeLessThan(1_000);
      }
    }
  });

  it('know a new service, a new room and a new node of another instance at once', async () => {
    const fresh = await copies[0]?.createService('fresh');
    if (!fresh) throw new Error('There is no copy');
    const room = idOf(await on(fresh, 1).post('/rooms', { name: 'r' }));
    expectJson(await on(fresh, 2).get(`/rooms/${room}`), { _id: room, name: 'r' });
    expect((await on(fresh, 2).token(room, 'ann', 'viewer')).status).toBe(200);
  });
});

describe('a token request that waits for a node', () => {
  it.each([0, 1])('is answered once one registers with copy %i', async (index) => {
    const settings = { CONTROLLER_WAIT_SECONDS: '60' };
    const waiting = await startTestApp(settings);
    const other = await startTestApp({ ...settings, MONGODB_URI: waiting.databaseUri });
    const client = await waiting.createService('tenant');
    const nodeClient = await waiting.createService('nodes', 'node');
    const room = idOf(await client.post('/rooms', { name: 'r' }));
    const tokens = times(5, () => client.token(room, 'ann', 'viewer'));
    const node = await FakeNode.start(nodeClient.at([waiting, other][index]?.url ?? ''));
    const answers = await Promise.all(tokens);
    expect(answers.map(({ status }) => status)).toEqual(times(5, () => 200));
    await node.close();
    await Promise.all([waiting.close(), other.close()]);
  });

  it('is answered 404 when none came in time', async () => {
    const own = await startTestApp({ CONTROLLER_WAIT_SECONDS: '1' });
    const client = await own.createService('tenant');
    const room = idOf(await client.post('/rooms', { name: 'r' }));
    expectError(await client.token(room, 'ann', 'viewer'), 'NO_ERIZO_CONTROLLER');
    await own.close();
  });
});

function byId(one: { _id: string }, other: { _id: string }): number {
  return one._id < other._id ? -1 : 1;
}
