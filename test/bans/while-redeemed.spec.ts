import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TokensRepository } from '../../src/tokens/tokens.repository.js';
import { until } from '../amqp/harness.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let room: string;
let token: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createTenant('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  // Who is in such a room is asked when somebody wants in.
  const { json } = await tenant.post('/v1/rooms', { name: 'room', maxParticipants: 5 });
  room = (json as { id: string }).id;
  const body = { userName: 'mallory', userId: `m-${room}`, role: 'presenter' };
  const issued = await tenant.post(`/v1/rooms/${room}/tokens`, body);
  token = (issued.json as { token: string }).token;
});

afterAll(async () => {
  await node.close();
  await server.close();
});

const redeem = (): Promise<Answer> => node.client.post('/v1/tokens/redeem', { token });

const STOPS: [what: string, code: 'BANNED' | 'ROOM_ENDED', stop: () => Promise<Answer>][] = [
  [
    'a ban of the room, by name',
    'BANNED',
    () => tenant.post(`/v1/rooms/${room}/bans`, { userName: 'mallory' }),
  ],
  ['a ban of all rooms, by id', 'BANNED', () => tenant.post('/v1/bans', { userId: `m-${room}` })],
  ['a close', 'ROOM_ENDED', () => tenant.post(`/v1/rooms/${room}/close`)],
];

describe.each(STOPS)('%s', (_what, code, stop) => {
  it('that is acknowledged while a redemption waits for the node lets nobody in', async () => {
    let list = (): void => undefined;
    node.listsAfter = new Promise((resolve) => (list = resolve));
    const redeemed = redeem();
    await until(() => node.calls.includes(`GET /rooms/${room}/users`));
    expect((await stop()).status).toBeLessThan(300);
    list();
    expectProblem(await redeemed, code);
  });

  it('that is acknowledged just before the token is taken lets nobody in', async () => {
    const tokens = server.app.get(TokensRepository, { strict: false });
    const take = tokens.take.bind(tokens);
    const taking = jest.spyOn(tokens, 'take').mockImplementationOnce(async (...token) => {
      expect((await stop()).status).toBeLessThan(300);
      return take(...token);
    });
    expectProblem(await redeem(), code);
    expect(taking).toHaveBeenCalledTimes(1);
    taking.mockRestore();
  });
});

it('a token that was refused by a ban is good again when the ban is lifted', async () => {
  const tokens = server.app.get(TokensRepository, { strict: false });
  const take = tokens.take.bind(tokens);
  let ban = '';
  const taking = jest.spyOn(tokens, 'take').mockImplementationOnce(async (...token) => {
    const { json } = await tenant.post(`/v1/rooms/${room}/bans`, { userName: 'mallory' });
    ban = (json as { id: string }).id;
    return take(...token);
  });
  expectProblem(await redeem(), 'BANNED');
  taking.mockRestore();
  await tenant.delete(`/v1/rooms/${room}/bans/${ban}`);
  expect((await redeem()).status).toBe(200);
});
