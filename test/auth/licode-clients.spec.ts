import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { LICODE_CLIENTS } from './licode-clients.js';

const OBJECT_ID: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);

let server: TestApp;
let node: FakeNode;
let tenant: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
});

afterAll(async () => {
  await node.close();
  await server.close();
});

describe.each(LICODE_CLIENTS)("Licode's $client client", ({ sign, headers }) => {
  const credentials = (): { serviceId: string; key: string } => {
    if (!tenant.credentials) throw new Error('The tenant has no key');
    return tenant.credentials;
  };
  const send = (method: string, path: string, user: string[] = []): ReturnType<ApiClient['call']> =>
    tenant.call(method, path, { headers, authorization: sign(credentials(), ...user) });

  it('makes a room, gets a token for it and deletes it', async () => {
    const created = await tenant.post(
      '/rooms/',
      { name: 'standup', options: {} },
      { authorization: sign(credentials()) },
    );
    expect(created.json).toEqual({ name: 'standup', _id: OBJECT_ID });
    const room = (created.json as { _id: string })._id;

    const token = await send('POST', `/rooms/${room}/tokens`, ['ann', 'presenter']);
    expect(token.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(decodeToken(token.text)).toMatchObject({ host: '192.0.2.2:8080', secure: false });

    await expect(send('GET', `/rooms/${room}/users/`)).resolves.toMatchObject({
      status: 200,
      json: [],
    });
    await expect(send('DELETE', `/rooms/${room}`)).resolves.toMatchObject({
      status: 200,
      text: 'Room deleted',
    });
    await expect(send('GET', `/rooms/${room}`)).resolves.toMatchObject({ status: 404 });
  });

  it('leaves user and role out where one of them is empty', async () => {
    const room = await tenant.post('/rooms', { name: 'x' });
    const path = `/rooms/${(room.json as { _id: string })._id}/tokens`;
    for (const user of [
      ['', 'presenter'],
      ['ann', ''],
    ]) {
      await expect(send('POST', path, user)).resolves.toMatchObject({
        status: 401,
        text: 'Name and role?',
      });
    }
  });
});

describe("Licode's Ruby client", () => {
  it.each([
    ['none', ''],
    ['an empty hash', '{}'],
    ['a hash', '{"p2p"=>true}'],
  ])('makes a room from a form in which options are %s, as Nuve does', async (_, options) => {
    const answer = await tenant.call('POST', '/rooms', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: new URLSearchParams({ name: 'from ruby', options }).toString(),
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ name: 'from ruby', _id: OBJECT_ID });
  });
});

describe("Licode's JavaScript client", () => {
  it('signs the name in lower case and without accents, and that is who is in the token', async () => {
    const room = await tenant.post('/rooms', { name: 'x' });
    const { json } = room as { json: { _id: string } };
    const [javascript] = LICODE_CLIENTS;
    if (!tenant.credentials || !javascript) throw new Error('The tenant has no key');
    const { text } = await tenant.post(`/rooms/${json._id}/tokens`, undefined, {
      authorization: javascript.sign(tenant.credentials, 'Ñandú Ébène', 'viewer'),
    });
    const redeemed = await node.client.post('/v1/tokens/redeem', { token: text });
    expect(redeemed.json).toMatchObject({ userName: 'nandú ebene', role: 'viewer' });
  });
});
