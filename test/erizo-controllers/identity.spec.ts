import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Logger } from '@nestjs/common';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { nodeBody, register, silence } from './support.js';

let app: TestApp;
let node: ApiClient;
let other: ApiClient;
let tenant: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  node = await app.createService('nodes', 'node');
  other = await app.createService('other nodes', 'node');
  tenant = await app.createService('tenant');
});

afterAll(() => app.close());

beforeEach(async () => {
  const { json } = await app.superservice.get('/v1/nodes');
  for (const { id } of (json as { items: { id: string }[] }).items) {
    await app.superservice.delete(`/v1/nodes/${id}`);
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a node that is removed and registers again', () => {
  it('has its calls: they are listed, and their users kicked', async () => {
    const fake = await FakeNode.start(node);
    const room = await tenant.createRoom();
    await tenant.token(room, 'ann', 'presenter');
    fake.join(room, 'ann');
    const before = fake.id;
    await node.delete(`/v1/nodes/${before}`);
    expect((await fake.beat()).status).toBe(404);
    await fake.register();
    expect(fake.id).toBe(before);
    expect((await tenant.get(`/rooms/${room}/users`)).json).toMatchObject([{ name: 'ann' }]);
    expect((await tenant.delete(`/rooms/${room}/users/ann`)).status).toBe(200);
    expect(fake.rooms.get(room)).toEqual([]);
    await fake.close();
  });
});

describe('one machine is one node', () => {
  it.each([
    [{ hostname: 'node-1.test' }, { hostname: 'Node-1.test.' }],
    [
      { hostname: '', ip: '2001:db8::1' },
      { hostname: '', ip: '2001:0db8:0::0001' },
    ],
    [{ hostname: '' }, { hostname: '', ip: '::ffff:192.0.2.1' }],
    [{ hostname: '' }, { hostname: '192.0.2.1', ip: '192.0.2.7' }],
    [{ hostname: '' }, { hostname: 'node-1.test' }],
    [{ hostname: 'node-1.test' }, { hostname: '' }],
  ])('that says %j and then %j', async (first, second) => {
    const id = await register(node, first);
    expect(await register(node, second)).toBe(id);
    expect((await node.get('/v1/nodes')).json).toMatchObject({ items: [{ id }], next: null });
    expectProblem(await other.post('/v1/nodes', nodeBody(first)), 'NODE_TAKEN');
  });

  it('and nobody takes its address who leaves its name out', async () => {
    await register(node, { hostname: 'node-1.test' });
    const answer = await other.post('/v1/nodes', nodeBody({ hostname: '' }));
    expectProblem(answer, 'NODE_TAKEN');
  });

  it('and two behind one address, with names, are two', async () => {
    const first = await register(node, { hostname: 'node-1.test' });
    expect(await register(node, { hostname: 'node-2.test' })).not.toBe(first);
  });
});

describe('an address at which there is no machine', () => {
  it.each([
    ['ip', '0.0.0.0'],
    ['ip', '::'],
    ['ip', '224.0.0.1'],
    ['ip', 'ff02::1'],
    ['ip', 'fe80::1%eth0'],
    ['hostname', '0.0.0.0'],
    ['hostname', '.'],
    ['hostname', '192.0.2.001'],
    ['hostname', '0xc0000201'],
    ['ip', '192.0.2.001'],
    ['controlUrl', 'http://[::127.0.0.1]'],
  ])('is refused as %s: %s', async (field, value) => {
    const answer = await node.post('/v1/nodes', nodeBody({ [field]: value }));
    expectProblem(answer, 'INVALID_REQUEST', field);
  });
});

describe('a node with an IPv6 address', () => {
  it('is named in tokens as in URLs, and redeems them', async () => {
    await register(node, { hostname: '', ip: '2001:db8::7' });
    const { text: token } = await tenant.token(await tenant.createRoom(), 'ann', 'presenter');
    expect(decodeToken(token)?.host).toBe('[2001:db8::7]:8080');
    expect((await node.post('/v1/tokens/redeem', { token })).status).toBe(200);
  });
});

describe('nodes', () => {
  it('are listed oldest first, whatever their ids are', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(await register(node, { hostname: `node-${n}.test` }));
    const { json } = await node.get('/v1/nodes');
    expect((json as { items: { id: string }[] }).items.map(({ id }) => id)).toEqual(ids);
    expect(ids).not.toEqual(ids.toSorted());
  });

  it('of two machines that give one public address are told in the log', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const first = await register(node, { hostname: 'node-1.test' });
    const second = await register(node, { hostname: 'node-2.test' });
    expect(warn).toHaveBeenLastCalledWith(
      `Nodes ${second} and ${first} give one public address: 192.0.2.1:8080`,
    );
    const third6 = await register(node, { hostname: 'node-3.test', ip: '2001:db8::9' });
    const fourth6 = await register(node, { hostname: 'node-4.test', ip: '2001:db8::9' });
    expect(warn).toHaveBeenLastCalledWith(
      `Nodes ${fourth6} and ${third6} give one public address: [2001:db8::9]:8080`,
    );
    await silence(app.databaseUri, first, 60);
    await silence(app.databaseUri, second, 60);
    warn.mockClear();
    const third = { hostname: '', ip: '192.0.2.5' };
    const id = await register(node, { ...third, controlUrl: 'http://10.0.0.1:8090' });
    await register(node, { ...third, controlUrl: 'http://10.0.0.1:8090' });
    expect(warn).not.toHaveBeenCalled();
    await register(node, { ...third, controlUrl: 'http://10.0.0.2:8090' });
    expect(warn).toHaveBeenLastCalledWith(
      `Node ${id} has registered while it lives: two machines may give 192.0.2.5:8080 as their public address`,
    );
  });
});
