import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeToken, encodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

const HOST = '192.0.2.2:8080';
const ISO_DATE: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let server: TestApp;
let clock: TestClock;
let tenant: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  server = await startTestApp();
  clock = new TestClock(server.app);
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

beforeEach(async () => {
  room = await tenant.createRoom();
});

afterEach(() => clock.reset());

afterAll(async () => {
  await node.close();
  await server.close();
});

async function issue(role = 'presenter'): Promise<string> {
  const { status, text } = await tenant.token(room, 'ann', role);
  expect(status).toBe(200);
  return text;
}

const redeem = (token: unknown, client = node.client): Promise<Answer> =>
  client.post('/v1/tokens/redeem', { token }, { sign: { timestamp: clock.now() } });

describe('POST /v1/tokens/redeem', () => {
  it("answers the token document to the room's node, once", async () => {
    room = await tenant.createRoom({ p2p: true, mediaConfiguration: 'VP8' });
    const token = await issue('whatever');
    expectJson(await redeem(token), {
      id: decodeToken(token)?.tokenId,
      userName: 'ann',
      roomId: room,
      role: 'whatever',
      serviceId: tenant.credentials?.serviceId,
      createdAt: ISO_DATE,
      expiresAt: ISO_DATE,
      mediaConfiguration: 'VP8',
      host: HOST,
      secure: false,
      p2p: true,
    });
    expectError(await redeem(token, server.superservice), 'TOKEN_USED');
  });

  it('says default for a room without a media configuration', async () => {
    expect((await redeem(await issue())).json).toMatchObject({ mediaConfiguration: 'default' });
  });

  it('tells the node how many its room takes', async () => {
    room = await tenant.createRoom({ maxParticipants: 7 });

    expect((await redeem(await issue())).json).toMatchObject({ roomId: room, maxParticipants: 7 });
  });

  it('lets the superservice redeem for any node', async () => {
    expect((await redeem(await issue(), server.superservice)).status).toBe(200);
  });

  it("refuses another service's node, and leaves the token good", async () => {
    const stranger = await server.createService('strangers', 'node');
    const token = await issue();
    expectError(await redeem(token, stranger), 'TOKEN_HOST_MISMATCH');
    expect((await redeem(token)).status).toBe(200);
  });

  it('refuses a token by its age, to the millisecond, though no sweep has run', async () => {
    clock.hold();
    const [fresh, old] = [await issue(), await issue()];
    clock.advance(179_999);
    expect((await redeem(fresh)).status).toBe(200);
    clock.advance(1);
    expectError(await redeem(old), 'TOKEN_EXPIRED');
    clock.advance(3_600_000);
    expectError(await redeem(old), 'TOKEN_EXPIRED');
    clock.release();
  });

  it('refuses the token of a room that was deleted', async () => {
    const token = await issue();
    await tenant.delete(`/rooms/${room}`);
    expectError(await redeem(token), 'ROOM_NOT_FOUND');
    expectError(await redeem(token), 'ROOM_NOT_FOUND');
  });

  it.each([
    ['for another id', (id: string) => encodeToken(id.replace(/^./, 'f'), HOST, false, 'x')],
    ['with another key', (id: string) => encodeToken(id, HOST, false, 'x')],
    ["with the superservice's key", (id: string) => encodeToken(id, HOST, false, SUPERSERVICE.key)],
  ])('refuses a token signed %s', async (_, forge) => {
    const { tokenId } = decodeToken(await issue()) ?? { tokenId: '' };
    expectError(await redeem(forge(tokenId)), 'TOKEN_SIGNATURE_INVALID');
  });

  it('refuses a token whose host was altered', async () => {
    const claims = decodeToken(await issue());
    const altered = { ...claims, host: 'evil.example.com:8080' };
    const text = Buffer.from(JSON.stringify(altered)).toString('base64');
    expectError(await redeem(text), 'TOKEN_SIGNATURE_INVALID');
  });

  it.each([UNKNOWN_ID, 'abc', '', '$gt'])(
    'answers 404 for a well-signed token with the unknown id %j',
    async (id) => {
      expectError(await redeem(encodeToken(id, HOST, false, TOKEN_KEY)), 'TOKEN_NOT_FOUND');
    },
  );

  it.each([
    ['no token', undefined],
    ['a token that is an object', { $gt: '' }],
    ['a token that is null', null],
    ['an empty token', ''],
    ['a token of 4,097 characters', 'x'.repeat(4_097)],
  ])('refuses %s', async (_, token) => {
    expectError(await redeem(token), 'INVALID_REQUEST');
  });

  it.each(['x', 'bm9uZQ==', Buffer.from('{"tokenId":1}').toString('base64')])(
    'refuses %j, which is no token string',
    async (token) => {
      expectError(await redeem(token), 'TOKEN_INVALID');
    },
  );
});
