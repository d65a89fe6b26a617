import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Seen = { room: Record<string, unknown>; queue: Record<string, unknown>[] }[];

/** As an operator may have it: it notes what it is shown, and rooms say by their names what is to be done. */
const POLICY = `
'use strict';
const fs = require('fs');
const path = require('path');
const seen = [];
const first = (room, ecQueue) => ecQueue[0];
const deeds = {
  first,
  last: (room, ecQueue) => ecQueue.reverse()[0],
  copy: (room, ecQueue) => ({ _id: ecQueue[1]._id.toString() }),
  third: (room, ecQueue) => {
    const times = seen.filter(({ room: { name } }) => name === 'third').length;
    return times >= 3 ? first(room, ecQueue) : undefined;
  },
  never: () => undefined,
};
exports.getErizoController = (room, ecQueue) => {
  seen.push({ room: Object.assign({}, room), queue: ecQueue.slice() });
  fs.writeFileSync(path.join(__dirname, room.name + '.json'), JSON.stringify(seen));
  return deeds[room.name](room, ecQueue);
};
`;

let folder: string;
let server: TestApp;
let tenant: ApiClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nuvem-policy-'));
  const path = join(folder, 'mine.js');
  await writeFile(path, POLICY);
  server = await startTestApp({ ASSIGNMENT_STRATEGY: path, CONTROLLER_WAIT_SECONDS: '3' });
  tenant = await server.createService('acme');
  const nodes = server.app.get(ErizoControllersService);
  for (const [index, state] of ([0, 2, 1, 2] as const).entries()) {
    const address = { ip: `192.0.2.${index}`, hostname: '', port: 8080 + index, ssl: false };
    const { _id } = await nodes.register(address);
    await nodes.setState(_id, state);
  }
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** The port of the node that a room with this name gets, or the error. */
async function nodeFor(name: string): Promise<string> {
  const { json } = await tenant.post('/rooms', { name, options: { data: { size: 3 } } });
  const { status, text } = await tenant.token((json as { _id: string })._id, 'ann', 'presenter');
  return status === 200 ? (decodeToken(text)?.host ?? '') : `${status} ${text}`;
}

async function seenBy(name: string): Promise<Seen> {
  return JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Seen;
}

describe('a policy out of ch_policies', () => {
  it('gets the room and every node, those in state 2 before 1 before 0', async () => {
    expect(await nodeFor('first')).toBe('192.0.2.1:8081');
    const [{ room, queue }] = (await seenBy('first')) as [Seen[number]];
    expect(room).toMatchObject({ _id: expect.any(String), name: 'first', data: { size: 3 } });
    expect(queue.map(({ state, port }) => [state, port])).toEqual([
      [2, 8081],
      [2, 8083],
      [1, 8082],
      [0, 8080],
    ]);
    const node = { ip: '192.0.2.1', hostname: '', ssl: false, keepAlive: expect.any(Number) };
    expect(queue[0]).toMatchObject({ ...node, _id: expect.any(String) });
  });

  it('may choose a full node, change its queue and name a node by its id alone', async () => {
    expect(await nodeFor('last')).toBe('192.0.2.0:8080');
    expect(await nodeFor('copy')).toBe('192.0.2.3:8083');
  });

  it('is asked again while it chooses none, and after the waiting time there is no node', async () => {
    expect(await nodeFor('third')).toBe('192.0.2.1:8081');
    expect(await nodeFor('never')).toMatch(/^404 No Erizo Controller found/);
    const asked = (await seenBy('never')).filter(({ room }) => room['name'] === 'never');
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(10);
  });
});
