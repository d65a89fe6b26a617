import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { nodeBody, register } from './support.js';

let app: TestApp;
let node: ApiClient;
let server: Server;
let headers: string[];

beforeAll(async () => {
  headers = [];
  server = createServer((request, response) => {
    headers.push(request.headers.authorization ?? '');
    response.end('[]');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  app = await startTestApp();
  node = await app.createService('nodes', 'node');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await app.close();
});

describe('the header of a control call', () => {
  it('lets nobody in here who saw it', async () => {
    const tenant = await app.createService('tenant');
    const { port } = server.address() as AddressInfo;
    const id = await register(node, { controlUrl: `http://127.0.0.1:${port}` });
    const { json } = await tenant.post('/rooms', { name: 'r' });
    const { _id: room } = json as { _id: string };
    await tenant.token(room, 'ann', 'presenter');
    expect((await tenant.get(`/rooms/${room}/users`)).status).toBe(200);
    const [authorization] = headers;
    expect(authorization).toMatch(/^NuvemControl /);
    expectProblem(await node.get('/v1/nodes', { authorization }), 'UNAUTHENTICATED');
    const disguised = authorization?.replace('NuvemControl ', 'MAuth ');
    expectProblem(
      await node.delete(`/v1/nodes/${id}`, { authorization: disguised }),
      'UNAUTHENTICATED',
    );
  });
});

describe('a control URL', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]',
    'http://[::1]:8080',
    'http://0.0.0.0:8080',
    'http://[fe80::1]',
    'http://[ff02::1]',
  ])('does not lead to %s, at a registration nor later', async (controlUrl) => {
    const refused = await node.post('/v1/nodes', nodeBody({ controlUrl }));
    expectProblem(refused, 'INVALID_REQUEST', 'controlUrl');
    const id = await register(node, { hostname: 'other.test' });
    expectProblem(
      await node.patch(`/v1/nodes/${id}`, { controlUrl }),
      'INVALID_REQUEST',
      'controlUrl',
    );
  });
});
