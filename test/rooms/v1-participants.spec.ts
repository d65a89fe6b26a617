import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { expectJson, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PERMISSIONS = { publish: true, subscribe: true };

let server: TestApp;
let tenant: ApiClient;
let node: FakeNode;
let path: string;

beforeAll(async () => {
  server = await startTestApp();
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  const { json } = await tenant.post('/v1/rooms', { name: 'room' });
  const { id } = json as { id: string };
  path = `/v1/rooms/${id}/participants`;
});

afterAll(async () => {
  await node.close();
  await server.close();
});

describe('/v1/rooms/:room/participants', () => {
  it('is empty while the room is on no node', async () => {
    expectJson(await tenant.get(path), { items: [], next: null });
    expectProblem(await tenant.get(`${path}/ann`), 'PARTICIPANT_NOT_FOUND');
    expectProblem(await tenant.delete(`${path}/ann`), 'PARTICIPANT_NOT_FOUND');
  });

  it('lists, pages and disconnects those whom the node tells', async () => {
    const room = path.split('/')[3] ?? '';
    await tenant.token(room, 'ann', 'presenter');
    const names = ['ann', 'bob', 'ann', 'cleo/é', 'dan'];
    for (const name of names) node.join(room, name);
    const participantOf = (userName: string): object => ({
      userName,
      role: 'presenter',
      permissions: PERMISSIONS,
    });
    expectJson(await tenant.get(path), { items: names.map(participantOf), next: null });
    const shown: object[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await tenant.get(`${path}?limit=2${cursor && `&cursor=${cursor}`}`);
      const { items, next } = page.json as { items: object[]; next: string | null };
      shown.push(...items);
      cursor = next;
    }
    expect(shown).toEqual(names.map(participantOf));
    const cleo = `${path}/${encodeURIComponent('cleo/é')}`;
    expectJson(await tenant.get(cleo), participantOf('cleo/é'));
    expect(await tenant.delete(cleo)).toMatchObject({ status: 204, text: '' });
    expectProblem(await tenant.get(cleo), 'PARTICIPANT_NOT_FOUND');
    expect((await tenant.delete(`${path}/ann`)).status).toBe(204);
    expectJson(await tenant.get(path), { items: ['bob', 'dan'].map(participantOf), next: null });
  });

  it('refuses what is none', async () => {
    expectProblem(await tenant.get(`${path}?limit=x`), 'INVALID_REQUEST', 'limit');
    expectProblem(await tenant.get(`${path}?cursor=WyJ4Il0`), 'INVALID_REQUEST', 'cursor');
    const other = await server.createService('other');
    expectProblem(await other.get(path), 'ROOM_NOT_FOUND');
    expectProblem(await tenant.get(`/v1/rooms/${UNKNOWN_ID}/participants`), 'ROOM_NOT_FOUND');
    node.kickOfNobody = 'User does not exist';
    expectProblem(await tenant.delete(`${path}/nobody`), 'PARTICIPANT_NOT_FOUND');
  });

  it('answers 503 while the node does not', async () => {
    await node.close();
    const answer = await tenant.get(path);
    expectProblem(answer, 'NODE_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });
});
