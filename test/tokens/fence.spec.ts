import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import { silence } from '../erizo-controllers/support.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LEFT = 'left.test:8080';
const TAKEN = 'taken.test:8080';

let server: TestApp;
let tenant: ApiClient;
let nodes: ApiClient;
let left: FakeNode;
let taken: FakeNode | undefined;
let room: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  nodes = await server.createService('nodes', 'node');
  left = await FakeNode.start(nodes, { hostname: 'left.test' });
});

afterAll(async () => {
  await Promise.all([left.close(), taken?.close()]);
  await server.close();
});

const issue = async (): Promise<string> => (await tenant.token(room, 'ann', 'presenter')).text;

const redeem = (token: string): Promise<Answer> => nodes.post('/v1/tokens/redeem', { token });

describe('a room that has left its node', () => {
  it('lets nobody in there any more, and everybody on the node that it has now', async () => {
    room = ((await tenant.post('/rooms', { name: 'r' })).json as { _id: string })._id;
    const [used, stale] = [await issue(), await issue()];
    expect((await redeem(used)).status).toBe(200);
    await silence(server.databaseUri, left.id, 600);
    taken = await FakeNode.start(nodes, { hostname: 'taken.test' });
    const good = await issue();
    expect([stale, good].map((token) => decodeToken(token)?.host)).toEqual([LEFT, TAKEN]);
    // The node lives, whatever was believed of it, and asks.
    await left.beat();
    const refused = await redeem(stale);
    expectError(refused, 'TOKEN_STALE');
    expect(refused.status).toBe(410);
    expectError(await redeem(stale), 'TOKEN_STALE');
    expect((await redeem(good)).json).toMatchObject({ roomId: room, host: TAKEN });
  });
});
