import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { DataDirectory } from '../support/nuvem-process.js';

const ROOMS = 6;
/** Far shorter than a process takes to start. */
const SETTINGS = { CONTROLLER_TIMEOUT_SECONDS: '1', CONTROLLER_WAIT_SECONDS: '0' };

let data: DataDirectory;
const nodes: FakeNode[] = [];

beforeAll(async () => {
  data = await DataDirectory.make();
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await data.remove();
});

async function makeService(superservice: ApiClient, role: string): Promise<ApiClient> {
  const { json } = await superservice.post('/services', { name: role, role });
  const { _id, key } = json as { _id: string; key: string };
  return superservice.as({ serviceId: _id, key });
}

async function hostsOf(tenant: ApiClient, rooms: string[]): Promise<(string | undefined)[]> {
  const tokens = await Promise.all(rooms.map((room) => tenant.token(room, 'ann', 'presenter')));
  return tokens.map(({ text }) => decodeToken(text)?.host);
}

describe('a restart that takes longer than the time-out', () => {
  it('moves no room, also before the first node is heard', async () => {
    const before = data.start(SETTINGS);
    const superservice = await data.client(await before.url());
    const tenant = await makeService(superservice, 'tenant');
    const owner = await makeService(superservice, 'node');
    nodes.push(await FakeNode.start(owner, { port: 8081 }));
    nodes.push(await FakeNode.start(owner, { port: 8082 }));
    const rooms: string[] = [];
    for (let n = 0; n < ROOMS; n++) {
      rooms.push(((await tenant.post('/rooms', { name: 'r' })).json as { _id: string })._id);
    }
    const placed = await hostsOf(tenant, rooms);
    expect(new Set(placed).size).toBe(2);
    await before.kill();

    const url = await data.start(SETTINGS).url();
    expect(await hostsOf(tenant.at(url), rooms)).toEqual(placed);
  });
});
