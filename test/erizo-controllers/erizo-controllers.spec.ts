import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { UNKNOWN_ID, brief, nodeBody, register, silence } from './support.js';

const NOT_FOUND = [404, 'Erizo Controller does not exist'];
const FORBIDDEN = [403, 'Service not authorized for this action'];

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
  const { json } = await app.superservice.get('/erizo-controllers');
  for (const { id } of json as { id: string }[]) {
    await app.superservice.delete(`/erizo-controllers/${id}`);
  }
});

/** The node as it is answered, right after its registration. */
function registered(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    ip: '192.0.2.1',
    hostname: 'node-1.test',
    port: 8080,
    ssl: true,
    state: 2,
    alive: true,
    draining: false,
    service: node.credentials?.serviceId,
    lastSeen: expect.stringMatching(/^\d{4}-.*Z$/),
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    ...fields,
  };
}

describe('every route', () => {
  it('is for signed requests of nodes and the superservice', async () => {
    const id = await register(node);
    const calls = (client: ApiClient): Promise<{ status: number; text: string }[]> =>
      Promise.all([
        client.post('/erizo-controllers', nodeBody()),
        client.get('/erizo-controllers'),
        client.get(`/erizo-controllers/${id}`),
        client.put(`/erizo-controllers/${id}/keep-alive`, {}),
        client.patch(`/erizo-controllers/${id}`, {}),
        client.delete(`/erizo-controllers/${id}`),
      ]);
    expect((await calls(unsigned)).map(({ status }) => status)).toEqual(Array(6).fill(401));
    expect((await calls(tenant)).map(({ status, text }) => [status, text])).toEqual(
      Array(6).fill(FORBIDDEN),
    );
  });

  it.each([UNKNOWN_ID, 'abc', '%00', '[object Object]'])('does not know node %s', async (id) => {
    for (const client of [node, app.superservice]) {
      const answers = await Promise.all([
        client.get(`/erizo-controllers/${id}`),
        client.put(`/erizo-controllers/${id}/keep-alive`, { state: 1 }),
        client.patch(`/erizo-controllers/${id}`, { state: 1 }),
        client.delete(`/erizo-controllers/${id}`),
      ]);
      expect(answers.map(brief)).toEqual(Array(4).fill(NOT_FOUND));
    }
  });

  it('does not know a node of another service, which stays as it is', async () => {
    const id = await register(node);
    const answers = await Promise.all([
      otherNode.get(`/erizo-controllers/${id}`),
      otherNode.put(`/erizo-controllers/${id}/keep-alive`, { state: 0 }),
      otherNode.patch(`/erizo-controllers/${id}`, { draining: true }),
      otherNode.delete(`/erizo-controllers/${id}`),
    ]);
    expect(answers.map(brief)).toEqual(Array(4).fill(NOT_FOUND));
    expect((await node.get(`/erizo-controllers/${id}`)).json).toEqual(registered(id));
  });
});

describe('POST /erizo-controllers', () => {
  it('answers as Nuve answers an ErizoController, and how often to send a heartbeat', async () => {
    const answer = await node.post('/erizo-controllers', nodeBody());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      publicIP: '192.0.2.1',
      hostname: 'node-1.test',
      port: 8080,
      ssl: true,
      keepAliveSeconds: 3.3,
    });
  });

  it('keeps what a node says of itself', async () => {
    const said = {
      region: 'eu-west',
      labels: { 'example.com/zone': 'a' },
      controlUrl: 'http://10.0.0.7:8090/control',
    };
    const id = await register(node, said);
    expect((await node.get(`/erizo-controllers/${id}`)).json).toEqual(registered(id, said));
  });

  it('gives a host and port the same id, and takes what is said last', async () => {
    const id = await register(node, { region: 'eu', labels: { a: 'b' } });
    await node.put(`/erizo-controllers/${id}/keep-alive`, { state: 0, load: 20 });
    expect(await register(node, { hostname: 'NODE-1.test', ip: '192.0.2.9' })).toBe(id);
    expect((await node.get('/erizo-controllers')).json).toEqual([
      registered(id, { hostname: 'NODE-1.test', ip: '192.0.2.9' }),
    ]);
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
    await node.patch(`/erizo-controllers/${id}`, { draining: true });
    await register(node);
    expect((await node.get(`/erizo-controllers/${id}`)).json).toMatchObject({ draining: true });
  });

  it('refuses a host and port of another service, also of a silent one', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 600);
    const answer = await otherNode.post('/erizo-controllers', nodeBody());
    expect(brief(answer)).toEqual([
      409,
      'Host and port belong to an Erizo Controller of another service',
    ]);
  });

  it('lets the superservice take a node over', async () => {
    const id = await register(node);
    expect(await register(app.superservice)).toBe(id);
    expect(brief(await node.get(`/erizo-controllers/${id}`))).toEqual(NOT_FOUND);
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
    ['ssl', 'yes'],
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
    const answer = await node.post('/erizo-controllers', nodeBody({ [field]: value }), {
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      code: 'INVALID_REQUEST',
      errors: expect.arrayContaining([{ field, message: expect.stringMatching(/./) }]),
    });
    expect((await node.get('/erizo-controllers')).json).toEqual([]);
  });
});

describe('GET /erizo-controllers', () => {
  it('lists all for the superservice and its own for a service, oldest first', async () => {
    const mine = await register(node);
    const theirs = await register(otherNode, { hostname: 'node-2.test' });
    const ids = async (client: ApiClient): Promise<string[]> =>
      ((await client.get('/erizo-controllers')).json as { id: string }[]).map(({ id }) => id);
    expect(await ids(app.superservice)).toEqual([mine, theirs]);
    expect(await ids(node)).toEqual([mine]);
    expect(await ids(otherNode)).toEqual([theirs]);
  });

  it('shows which nodes are dead', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 11);
    // Another of this service's nodes makes this instance look anew.
    await register(node, { hostname: 'node-2.test' });
    expect((await node.get('/erizo-controllers')).json).toMatchObject([
      { alive: false },
      { alive: true },
    ]);
  });
});

describe('PUT /erizo-controllers/:id/keep-alive', () => {
  it('takes state and load, each if it is there', async () => {
    const id = await register(node);
    const sendHeartbeat = (report: object): Promise<[number, string]> =>
      node.put(`/erizo-controllers/${id}/keep-alive`, report).then(brief);
    expect(await sendHeartbeat({})).toEqual([200, 'ok']);
    expect(await sendHeartbeat({ state: 1 })).toEqual([200, 'ok']);
    expect(await sendHeartbeat({ load: 2.5 })).toEqual([200, 'ok']);
    expect((await node.get(`/erizo-controllers/${id}`)).json).toEqual(
      registered(id, { state: 1, load: 2.5 }),
    );
  });

  it('takes a heartbeat without a body', async () => {
    const id = await register(node);
    const answer = await node.put(`/erizo-controllers/${id}/keep-alive`);
    expect(brief(answer)).toEqual([200, 'ok']);
  });

  it.each([
    { state: 3 },
    { state: '2' },
    { state: null },
    { load: -1 },
    { load: null },
    { load: 1e300 },
    { load: { $inc: 1 } },
  ])('refuses %j', async (report) => {
    const id = await register(node);
    const answer = await node.put(`/erizo-controllers/${id}/keep-alive`, report);
    expect(brief(answer)).toEqual([400, 'Invalid request']);
    expect((await node.get(`/erizo-controllers/${id}`)).json).toEqual(registered(id));
  });

  it('brings a node back that was given up, with its id', async () => {
    const id = await register(node);
    await silence(app.databaseUri, id, 3000);
    expect((await node.put(`/erizo-controllers/${id}/keep-alive`, {})).text).toBe('ok');
    await register(node, { hostname: 'node-2.test' });
    expect((await node.get(`/erizo-controllers/${id}`)).json).toMatchObject({ alive: true });
  });
});

describe('PATCH /erizo-controllers/:id', () => {
  it('changes what is given and removes what is null', async () => {
    const id = await register(node, { region: 'eu', labels: { a: 'b', c: 'd' } });
    const change = { state: 0, draining: true, labels: { c: 'e' }, controlUrl: 'http://n.test' };
    const changed = registered(id, { ...change, region: 'eu' });
    const answer = await node.patch(`/erizo-controllers/${id}`, change);
    expect([answer.status, answer.json]).toEqual([200, changed]);
    const removal = { labels: null, region: null, controlUrl: null };
    expect((await app.superservice.patch(`/erizo-controllers/${id}`, removal)).json).toEqual(
      registered(id, { state: 0, draining: true }),
    );
  });

  it('changes nothing for an empty body, nor what may not change', async () => {
    const id = await register(node);
    for (const body of [{}, { ip: '192.0.2.9', port: 1, service: UNKNOWN_ID, lastSeen: 0 }]) {
      const answer = await node.patch(`/erizo-controllers/${id}`, body);
      expect([answer.status, answer.json]).toEqual([200, registered(id)]);
    }
  });

  it.each([
    { state: null },
    { draining: 'yes' },
    { draining: null },
    { region: 5 },
    { labels: 'a' },
    { controlUrl: 'ftp://n.test' },
  ])('refuses %j', async (change) => {
    const id = await register(node);
    const answer = await node.patch(`/erizo-controllers/${id}`, change);
    expect(brief(answer)).toEqual([400, 'Invalid request']);
    expect((await node.get(`/erizo-controllers/${id}`)).json).toEqual(registered(id));
  });
});

describe('DELETE /erizo-controllers/:id', () => {
  it.each([
    ['its own service', () => node],
    ['the superservice', () => app.superservice],
  ])('removes a node for %s', async (_, client) => {
    const id = await register(node);
    const path = `/erizo-controllers/${id}`;
    expect(brief(await client().delete(path))).toEqual([200, 'Erizo Controller removed']);
    expect(brief(await client().delete(path))).toEqual(NOT_FOUND);
    expect(brief(await node.put(`${path}/keep-alive`, {}))).toEqual(NOT_FOUND);
  });

  it('are forgotten with the service that registered them', async () => {
    const owner = await app.createService('short-lived', 'node');
    const { json } = await owner.post('/erizo-controllers', {
      ip: '192.0.2.99',
      hostname: '',
      port: 8099,
      ssl: false,
    });
    const path = `/erizo-controllers/${(json as { id: string }).id}`;
    expect((await app.superservice.get(path)).status).toBe(200);
    await app.superservice.delete(`/services/${owner.credentials?.serviceId}`);
    expect((await app.superservice.get(path)).status).toBe(404);
  });
});
