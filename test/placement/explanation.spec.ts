import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;

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

describe('GET /v1/rooms/:room/placement', () => {
  it('explains the choice to the superservice without making it', async () => {
    const { json: created } = await tenant.post('/rooms', { name: 'r' });
    const room = (created as { _id: string })._id;
    const path = `/v1/rooms/${room}/placement`;
    const { status, json } = await server.superservice.get(path);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      chosen: node.id,
      nodes: [expect.objectContaining({ id: node.id, candidate: true })],
    });
    expectError(await tenant.delete(`/rooms/${room}/users/x`), 'USER_NOT_CONNECTED');
    expectError(
      await server.superservice.get(`/v1/rooms/${UNKNOWN_ID}/placement`),
      'ROOM_NOT_FOUND',
    );
    expectError(
      await server.superservice.get(`${path}?region=${'x'.repeat(65)}`),
      'INVALID_REQUEST',
    );
  });
});
