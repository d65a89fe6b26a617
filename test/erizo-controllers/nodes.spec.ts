import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { UNKNOWN_ID, nodeBody, register, silence } from './support.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-.*Z$/);

interface Node {
  id: string;
  createdAt: string;
  updatedAt: string;
}

interface Page {
  items: Node[];
  next: string | null;
}

let app: TestApp;
let node: ApiClient;
let otherNode: ApiClient;
let tenant: ApiClient;
let unsigned: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  node = await app.createService('nodes', 'node');
  otherNode = await app.createService('other nodes', 'node');
  tenant = await app.createService('tenant');
  unsigned = app.superservice.as(null);
});

afterAll(() => app.close());

beforeEach(async () => {
  const { json } = await app.superservice.get('/v1/nodes');
  for (const { id } of (json as Page).items) {
    await app.superservice.delete(`/v1/nodes/${id}`);
  }
});

/** The node as it is answered, right after its registration. */
function registered(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    ip: '192.0.2.1',
    hostname: 'node-1.test',
    port: 8080,
    secure: true,
    state: 2,
    alive: true,
    draining: false,
    serviceId: node.credentials?.serviceId,
    lastSeenAt: TIME,
    createdAt: TIME,
    updatedAt: TIME,
    ...fields,
  };
}

describe('every route', () => {
  it('is for signed requests of nodes and the superservice', async () => {
    const id = await register(node);
    const calls = (client: ApiClient): Promise<Answer[]> =>
      Promise.all([
        client.post('/v1/nodes', nodeBody()),
        client.get('/v1/nodes'),
        client.get(`/v1/nodes/${id}`),
        client.put(`/v1/nodes/${id}/heartbeat`, {}),
        client.patch(`/v1/nodes/${id}`, {}),
        client.delete(`/v1/nodes/${id}`),
      ]);
    for (const answer of await calls(unsigned)) expectProblem(answer, 'UNAUTHENTICATED');
    for (const answer of await calls(tenant)) expectProblem(answer, 'FORBIDDEN');
  });

  it.each([UNKNOWN_ID, 'abc', '%00', '[object Object]'])('does not know node %s', async (id) => {
    for (const client of [node, app.superservice]) {
      const answers = await Promise.all([
        client.get(`/v1/nodes/${id}`),
        client.put(`/v1/nodes/${id}/heartbeat`, { state: 1 }),
        client.patch(`/v1/nodes/${id}`, { state: 1 }),
        client.delete(`/v1/nodes/${id}`),
      ]);
      for (const answer of answers) expectProblem(answer, 'NODE_NOT_FOUND');
    }
  });

  it('does not know a node of another service, which stays as it is', async () => {
    const id = await register(node);
    const answers = await Promise.all([
      otherNode.get(`/v1/nodes/${id}`),
      otherNode.put(`/v1/nodes/${id}/heartbeat`, { state: 0 }),
      otherNode.patch(`/v1/nodes/${id}`, { draining: true }),
      otherNode.delete(`/v1/nodes/${id}`),
    ]);
    for (const answer of answers) expectProblem(answer, 'NODE_NOT_FOUND');
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(registered(id));
  });
});

describe('POST /v1/nodes', () => {
  it('answers the node, where it is, and how often to send a heartbeat', async () => {
    const answer = await node.post('/v1/nodes', nodeBody());
    const { id, createdAt } = answer.json as Node;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/nodes/${id}`);
    expect(answer.json).toEqual({
      ...registered(id, { lastSeenAt: createdAt, updatedAt: createdAt }),
      heartbeatSeconds: 3.3,
    });
  });

  it('takes a node without a host name for one that is reached by its address', async () => {
    const { json } = await node.post('/v1/nodes', nodeBody({ hostname: undefined }));
    expect(json).toMatchObject({ hostname: '', ip: '192.0.2.1' });
  });

  it('keeps what a node says of itself', async () => {
    const said = {
      region: 'eu-west',
      labels: { 'example.com/zone': 'a' },
      controlUrl: 'http://10.0.0.7:8090/control',
    };
    const id = await register(node, said);
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(registered(id, said));
  });

  it('gives a host and port the same id, and takes what is said last', async () => {
    const id = await register(node, { region: 'eu', labels: { a: 'b' } });
    await node.put(`/v1/nodes/${id}/heartbeat`, { state: 0, load: 20 });
    expect(await register(node, { hostname: 'NODE-1.test', ip: '192.0.2.9' })).toBe(id);
    expect((await node.get('/v1/nodes')).json).toEqual({
      items: [registered(id, { hostname: 'NODE-1.test', ip: '192.0.2.9' })],
      next: null,
    });
  });

  it('goes by the address where there is no host name, and by the port', async () => {
    const ids = await Promise.all([
      register(node, { hostname: '' }),
      register(node, { hostname: '', port: 8081 }),
      register(node, { hostname: '', ip: '192.0.2.2' }),
      register(node, { hostname: '', ip: '2001:db8::1' }),
    ]);
    expect(new Set(ids).size).toBe(4);
  });

  it('leaves a draining node draining', async () => {
    const id = await register(node);
    await node.patch(`/v1/nodes/${id}`, { draining: true });
    await register(node);
    expect((await node.get(`/v1/nodes/${id}`)).json).toMatchObject({ draining: true });
  });

  it('refuses a host and port of another service, also of a silent one', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 600);
    const answer = await otherNode.post('/v1/nodes', nodeBody());
    expectProblem(answer, 'NODE_TAKEN');
  });

  it('lets the superservice take a node over', async () => {
    const id = await register(node);
    expect(await register(app.superservice)).toBe(id);
    expectProblem(await node.get(`/v1/nodes/${id}`), 'NODE_NOT_FOUND');
  });

  it.each([
    ['ip', 'node-1.test'],
    ['ip', undefined],
    ['hostname', 'node 1'],
    ['hostname', 'a/b'],
    ['hostname', null],
    ['hostname', 'a'.repeat(254)],
    ['port', 0],
    ['port', 65_536],
    ['port', 80.5],
    ['port', '8080; DROP'],
    ['secure', 'yes'],
    ['ssl', true],
    ['cloudProvider', ''],
    ['region', ''],
    ['region', null],
    ['region', 'a'.repeat(65)],
    ['labels', ['a']],
    ['labels', { a: 1 }],
    ['labels', { $gt: 'a' }],
    ['labels', Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, '']))],
    ['controlUrl', 'file:///etc/passwd'],
    ['controlUrl', 'http://user:secret@node-1.test'],
  ])('refuses %s %j', async (field, value) => {
    const answer = await node.post('/v1/nodes', nodeBody({ [field]: value }));
    expectProblem(answer, 'INVALID_REQUEST', field);
    expect((await node.get('/v1/nodes')).json).toEqual({ items: [], next: null });
  });

  it('names every field that is wrong', async () => {
    const answer = await node.post('/v1/nodes', { ip: 'x', port: 0, seucre: true });
    expectProblem(answer, 'INVALID_REQUEST', 'seucre', 'ip', 'port', 'secure');
  });
});

describe('GET /v1/nodes', () => {
  it('lists all for the superservice and its own for a service, oldest first', async () => {
    const mine = await register(node);
    const theirs = await register(otherNode, { hostname: 'node-2.test' });
    const ids = async (client: ApiClient): Promise<string[]> =>
      ((await client.get('/v1/nodes')).json as Page).items.map(({ id }) => id);
    expect(await ids(app.superservice)).toEqual([mine, theirs]);
    expect(await ids(node)).toEqual([mine]);
    expect(await ids(otherNode)).toEqual([theirs]);
  });

  it('shows which nodes are dead', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 11);
    // Another of this service's nodes makes this instance look anew.
    await register(node, { hostname: 'node-2.test' });
    expect((await node.get('/v1/nodes')).json).toMatchObject({
      items: [{ alive: false }, { alive: true }],
    });
  });

  it('pages, also where some go meanwhile', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await register(node, { hostname: `node-${n}.test` }));
    const seen: string[] = [];
    let path = '/v1/nodes?limit=2';
    for (;;) {
      const { items, next } = (await node.get(path)).json as Page;
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      if (next === null) break;
      await node.delete(`/v1/nodes/${items.at(-1)?.id}`);
      path = `/v1/nodes?limit=2&cursor=${next}`;
    }
    expect(seen).toEqual(ids);
  });

  it('finds those of whom everything is true that is said', async () => {
    const full = await register(node, { hostname: 'full.test', region: 'eu' });
    await node.patch(`/v1/nodes/${full}`, { state: 0 });
    const draining = await register(node, { hostname: 'draining.test', region: 'eu' });
    await node.patch(`/v1/nodes/${draining}`, { draining: true });
    const dead = await register(node, { hostname: 'dead.test' });
    await silence(app.databaseUri, dead, 11);
    const other = await register(node, { hostname: 'other.test', region: 'us' });
    const found = async (query: string): Promise<string[]> =>
      ((await node.get(`/v1/nodes?${query}`)).json as Page).items.map(({ id }) => id);
    expect(await found('state=0')).toEqual([full]);
    expect(await found('region=eu')).toEqual([full, draining]);
    expect(await found('region=eu&draining=false')).toEqual([full]);
    expect(await found('alive=false')).toEqual([dead]);
    expect(await found('alive=true&state=2&draining=false')).toEqual([other]);
    expect(await found('region=asia')).toEqual([]);
  });

  it.each([
    ['state=3', 'state'],
    ['state=', 'state'],
    ['alive=yes', 'alive'],
    ['draining=1', 'draining'],
    ['region=', 'region'],
    ['region=a&region=b', 'region'],
    ['limit=1001', 'limit'],
    ['cursor=WzFd', 'cursor'],
    ['cursor=bm9uZQ', 'cursor'],
    ['label=a', 'label'],
  ])('refuses ?%s', async (query, field) => {
    expectProblem(await node.get(`/v1/nodes?${query}`), 'INVALID_REQUEST', field);
  });
});

describe('PUT /v1/nodes/:node/heartbeat', () => {
  it('takes state and load, each if it is there', async () => {
    const id = await register(node);
    for (const report of [{}, { state: 1 }, { load: 2.5 }]) {
      const { status, text } = await node.put(`/v1/nodes/${id}/heartbeat`, report);
      expect([status, text]).toEqual([204, '']);
    }
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(
      registered(id, { state: 1, load: 2.5 }),
    );
  });

  it('takes a heartbeat without a body', async () => {
    const id = await register(node);
    const answer = await node.put(`/v1/nodes/${id}/heartbeat`);
    expect(answer.status).toBe(204);
  });

  it.each([
    { state: 3 },
    { state: '2' },
    { state: null },
    { load: -1 },
    { load: null },
    { load: 1e300 },
    { load: { $inc: 1 } },
    { laod: 1 },
    { state: 1, keepAlive: 0 },
  ])('refuses %j', async (report) => {
    const id = await register(node);
    const answer = await node.put(`/v1/nodes/${id}/heartbeat`, report);
    expectProblem(answer, 'INVALID_REQUEST', Object.keys(report).at(-1) ?? '');
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(registered(id));
  });

  it('brings a node back that was given up, with its id', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 3000);
    expect((await node.put(`/v1/nodes/${id}/heartbeat`, {})).status).toBe(204);
    await register(node, { hostname: 'node-2.test' });
    expect((await node.get(`/v1/nodes/${id}`)).json).toMatchObject({ alive: true });
  });
});

describe('PATCH /v1/nodes/:node', () => {
  it('changes what is given and removes what is null', async () => {
    const id = await register(node, { region: 'eu' });
    const change = { state: 0, draining: true, labels: { c: 'e' }, controlUrl: 'http://n.test' };
    const answer = await node.patch(`/v1/nodes/${id}`, change);
    expect([answer.status, answer.json]).toEqual([
      200,
      registered(id, { ...change, region: 'eu' }),
    ]);
    const removal = { labels: null, region: null, controlUrl: null };
    const removed = registered(id, { state: 0, draining: true });
    expect((await app.superservice.patch(`/v1/nodes/${id}`, removal)).json).toEqual(removed);
    const { json } = await node.get(`/v1/nodes/${id}`);
    expect(json).toEqual(removed);
    const { createdAt, updatedAt } = json as Node;
    expect(Date.parse(updatedAt)).toBeGreaterThan(Date.parse(createdAt));
  });

  it('merges labels into those that there are; null removes one', async () => {
    const id = await register(node, { labels: { a: '1', 'example.com/b': '2', c: '3' } });
    const labels = { 'example.com/b': null, c: '4', 'x.y': '5', unknown: null };
    const answer = await node.patch(`/v1/nodes/${id}`, { labels });
    expect(answer.json).toEqual(registered(id, { labels: { a: '1', c: '4', 'x.y': '5' } }));
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(answer.json);
  });

  it('loses none of many labels that are set at once', async () => {
    const id = await register(node);
    const names = Array.from({ length: 12 }, (_, n) => `l${n}`);
    const answers = await Promise.all(
      names.map((name) => node.patch(`/v1/nodes/${id}`, { labels: { [name]: 'x' } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { labels } = (await node.get(`/v1/nodes/${id}`)).json as { labels: object };
    expect(Object.keys(labels).sort()).toEqual(names.toSorted());
  });

  it('refuses labels that are more than 32 with those that there are', async () => {
    const of = (count: number, prefix: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, '']));
    const id = await register(node, { labels: of(30, 'a') });
    const path = `/v1/nodes/${id}`;
    expectProblem(await node.patch(path, { labels: of(3, 'b') }), 'INVALID_REQUEST', 'labels');
    expect((await node.patch(path, { labels: { ...of(3, 'b'), a0: null } })).status).toBe(200);
  });

  it('changes nothing for an empty body', async () => {
    const id = await register(node);
    const before = (await node.get(`/v1/nodes/${id}`)).json;
    const answer = await node.patch(`/v1/nodes/${id}`, {});
    expect([answer.status, answer.json]).toEqual([200, before]);
  });

  it.each([
    { state: null },
    { draining: 'yes' },
    { draining: null },
    { region: 5 },
    { labels: 'a' },
    { controlUrl: 'ftp://n.test' },
    { labels: { a: 1 } },
    { labels: { $gt: 'a' } },
    { ip: '192.0.2.9' },
    { port: 1, hostname: 'x.test' },
    { serviceId: UNKNOWN_ID },
  ])('refuses %j', async (change) => {
    const id = await register(node);
    const answer = await node.patch(`/v1/nodes/${id}`, change);
    expectProblem(answer, 'INVALID_REQUEST', ...Object.keys(change));
    expect((await node.get(`/v1/nodes/${id}`)).json).toEqual(registered(id));
  });
});

describe('DELETE /v1/nodes/:node', () => {
  it.each([
    ['its own service', () => node],
    ['the superservice', () => app.superservice],
  ])('removes a node for %s', async (_, client) => {
    const id = await register(node);
    const path = `/v1/nodes/${id}`;
    const { status, text } = await client().delete(path);
    expect([status, text]).toEqual([204, '']);
    expectProblem(await client().delete(path), 'NODE_NOT_FOUND');
    expectProblem(await node.put(`${path}/heartbeat`, {}), 'NODE_NOT_FOUND');
  });

  it('are forgotten with the service that registered them', async () => {
    const owner = await app.createService('short-lived', 'node');
    const { json } = await owner.post('/v1/nodes', {
      ip: '192.0.2.99',
      hostname: '',
      port: 8099,
      secure: false,
    });
    const path = `/v1/nodes/${(json as { id: string }).id}`;
    expect((await app.superservice.get(path)).status).toBe(200);
    await app.superservice.delete(`/services/${owner.credentials?.serviceId}`);
    expect((await app.superservice.get(path)).status).toBe(404);
  });
});
