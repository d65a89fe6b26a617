import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeNode } from '../support/fake-node.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Snapshot {
  activity: { issued: number; refused: number; redeemed: number }[];
  roomsVersion: string;
  nodes: { id: string; alive: boolean }[];
}

describe('GET /v1/activity', () => {
  let first: TestApp;
  let second: TestApp;
  let node: FakeNode;

  beforeAll(async () => {
    first = await startTestApp();
    second = await startTestApp({ MONGODB_URI: first.databaseUri });
    node = await FakeNode.start(await first.createService('nodes', 'node'));
  });

  afterAll(async () => {
    await node.close();
    await Promise.all([first.close(), second.close()]);
  });

  /** Reads snapshots from the second copy until one is as wanted. */
  async function follow(isWanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    const authorization = second.superservice.sign() ?? '';
    const response = await fetch(`${second.url}/v1/activity`, { headers: { authorization } });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        const snapshot = data && (JSON.parse(data) as Snapshot);
        if (snapshot && isWanted(snapshot)) return snapshot;
      }
    }
    throw new Error('The stream ended');
  }

  const total = ({ activity }: Snapshot, name: 'issued' | 'refused' | 'redeemed'): number =>
    activity.reduce((sum, interval) => sum + interval[name], 0);

  it('tells of tokens issued, redeemed and refused with another instance, and of the nodes', async () => {
    const tenant = await first.createService('acme');
    const { json } = await tenant.post('/rooms', { name: 'standup' });
    const room = (json as { _id: string })._id;
    const { text: token } = await tenant.token(room, 'alice', 'presenter');
    await node.client.post('/v1/tokens/redeem', { token });
    // To anybody but the node that has redeemed it, it is used.
    await first.superservice.post('/v1/tokens/redeem', { token });
    const snapshot = await follow((each) => total(each, 'refused') > 0);
    expect(total(snapshot, 'issued')).toBe(1);
    expect(total(snapshot, 'redeemed')).toBe(1);
    expect(total(snapshot, 'refused')).toBe(1);
    expect(snapshot.nodes).toMatchObject([{ id: node.id, alive: true }]);
  });

  it('has another rooms version once a room has changed', async () => {
    const { roomsVersion } = await follow(() => true);
    const tenant = await first.createService('initech');
    await tenant.post('/rooms', { name: 'retro' });
    const later = await follow((each) => each.roomsVersion !== roomsVersion);
    expect(later.roomsVersion).not.toBe(roomsVersion);
  });

  it('is for the superservice alone', async () => {
    const tenant = await first.createService('globex');
    expectProblem(await tenant.get('/v1/activity'), 'FORBIDDEN');
  });

  it('does not hold up the end of the process', async () => {
    const third = await startTestApp({ MONGODB_URI: first.databaseUri });
    const authorization = third.superservice.sign() ?? '';
    const response = await fetch(`${third.url}/v1/activity`, { headers: { authorization } });
    await third.close();
    await response.text();
    expect(response.status).toBe(200);
  });
});
