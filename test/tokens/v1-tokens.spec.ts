import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { OBJECT_ID, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const ANN = { userName: 'ann', role: 'presenter' };

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let room: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  room = ((await tenant.post('/v1/rooms', { name: 'room', p2p: true })).json as { id: string }).id;
});

afterAll(async () => {
  await node.close();
  await server.close();
});

const issue = (body: object, client = tenant): Promise<Answer> =>
  client.post(`/v1/rooms/${room}/tokens`, body);

const redeem = (token: unknown): Promise<Answer> =>
  node.client.post('/v1/tokens/redeem', { token });

describe('POST /v1/rooms/:room/tokens', () => {
  it('answers 201 with the token, its node and its end', async () => {
    const answer = await issue(ANN);
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      token: expect.any(String),
      id: OBJECT_ID,
      host: '192.0.2.2:8080',
      secure: false,
      expiresAt: TIME,
    });
    const { id, token } = answer.json as { id: string; token: string };
    expect(decodeToken(token)).toMatchObject({ tokenId: id, host: '192.0.2.2:8080' });
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`/v1/rooms/${room}/tokens/${id}`);
    const read = await tenant.get(location);
    expect(read.json).toEqual({
      id,
      roomId: room,
      ...ANN,
      host: '192.0.2.2:8080',
      secure: false,
      createdAt: TIME,
      expiresAt: TIME,
    });
    expect(read.text).not.toContain(token);
    expect((await redeem(token)).status).toBe(200);
    expectProblem(await tenant.get(location), 'TOKEN_NOT_FOUND');
  });

  it('refuses a role that is not known, and names those that are', async () => {
    const answer = await issue({ ...ANN, role: 'speaker' });
    expectProblem(answer, 'ROLE_UNKNOWN', 'role');
    expect(answer.json).toMatchObject({
      detail: 'role must be one of presenter, viewer, viewerWithData',
    });
    for (const role of ['constructor', 'toString', '__proto__']) {
      expectProblem(await issue({ ...ANN, role }), 'ROLE_UNKNOWN');
    }
    // Nuve takes any.
    expect((await tenant.token(room, 'ann', 'speaker')).status).toBe(200);
  });

  it("takes the tenant's own roles, and tells the node what they may do", async () => {
    const own = await server.createService('own');
    const path = `/v1/services/${own.credentials?.serviceId}`;
    const roles = { speaker: { publish: true, subscribe: { audio: true } }, mute: {} };
    expect((await own.patch(path, { roles })).status).toBe(200);
    const { json } = await own.post('/v1/rooms', { name: 'own' });
    const tokens = `/v1/rooms/${(json as { id: string }).id}/tokens`;
    expectProblem(await own.post(tokens, ANN), 'ROLE_UNKNOWN');
    const issued = await own.post(tokens, { ...ANN, role: 'speaker' });
    const { token } = issued.json as { token: string };
    expect((await redeem(token)).json).toMatchObject({
      role: 'speaker',
      permissions: roles.speaker,
    });
  });

  it.each([
    ['no user', { role: 'presenter' }, ['userName']],
    ['no role', { userName: 'ann' }, ['role']],
    ['neither', {}, ['userName', 'role']],
    ['an unknown field', { ...ANN, name: 'x' }, ['name']],
    ['a name that is a path', { ...ANN, userName: '..' }, ['userName']],
    ['an empty name', { ...ANN, userName: '' }, ['userName']],
    ['a region that is no text', { ...ANN, region: 5 }, ['region']],
  ])('refuses %s', async (_, body, fields) => {
    expectProblem(await issue(body), 'INVALID_REQUEST', ...fields);
  });

  it("is refused for another tenant's room, and for none", async () => {
    const other = await server.createService('other');
    expectProblem(await issue(ANN, other), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.post(`/v1/rooms/${UNKNOWN_ID}/tokens`, ANN), 'ROOM_NOT_FOUND');
    const { json } = await issue(ANN);
    const { id } = json as { id: string };
    expectProblem(await other.get(`/v1/rooms/${room}/tokens/${id}`), 'TOKEN_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${UNKNOWN_ID}/tokens/${id}`), 'TOKEN_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${room}/tokens/x`), 'TOKEN_NOT_FOUND');
    expectProblem(await issue(ANN, node.client), 'FORBIDDEN');
  });

  it('answers 503 and when to come again where there is no node', async () => {
    const empty = await startTestApp();
    const alone = await empty.createService('alone');
    const { json } = await alone.post('/v1/rooms', { name: 'r' });
    const answer = await alone.post(`/v1/rooms/${(json as { id: string }).id}/tokens`, ANN);
    expectProblem(answer, 'NO_NODE_AVAILABLE');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await empty.close();
  });
});

describe('POST /v1/tokens/redeem', () => {
  it('tells the node whom it lets in, and what it lets them do', async () => {
    const { json } = await issue({ userName: 'bob', role: 'viewerWithData' });
    const { token, id } = json as { token: string; id: string };
    expect((await redeem(token)).json).toEqual({
      id,
      roomId: room,
      userName: 'bob',
      role: 'viewerWithData',
      permissions: {
        subscribe: true,
        publish: { audio: false, video: false, screen: false, data: true },
      },
      serviceId: tenant.credentials?.serviceId,
      mediaConfiguration: 'default',
      host: '192.0.2.2:8080',
      secure: false,
      p2p: true,
      createdAt: TIME,
      expiresAt: TIME,
    });
    const other = await server.superservice.post('/v1/tokens/redeem', { token });
    expectProblem(other, 'TOKEN_USED');
  });

  it("leaves the permissions of another's role to the node", async () => {
    const { text } = await tenant.token(room, 'ann', 'whatever');
    const { json } = await redeem(text);
    expect(json).toMatchObject({ role: 'whatever' });
    expect(json).not.toHaveProperty('permissions');
  });
});
