import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallClient } from './support/call-client.js';
import { WholeSystem } from './support/whole-system.js';

describe('participants of a room on the demo’s node, through the API', () => {
  let system: WholeSystem;
  const clients: CallClient[] = [];

  beforeAll(async () => {
    system = await WholeSystem.start();
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    await system.close();
  });

  async function join(room: string, name: string): Promise<CallClient> {
    const token = await system.token(room, name);
    const { client } = await CallClient.join(system.demo.controllerUrl, token);
    clients.push(client);
    return client;
  }

  async function kick(room: string, name: string): Promise<[number, string]> {
    const ids = await system.find(room);
    const { status, text } = await system
      .tenant(ids.service)
      .delete(`/rooms/${ids.room}/users/${encodeURIComponent(name)}`);
    return [status, text];
  }

  it('answers as Nuve with Licode’s node to the kick of who is not there', async () => {
    // The token puts the room on the node, which holds it once somebody is in it.
    await system.token('kicked', 'ann');
    expect(await kick('kicked', 'nobody')).toEqual([200, 'Success']);

    await join('kicked', 'ann');
    expect(await kick('kicked', 'nobody')).toEqual([404, 'User does not exist']);
    expect(await kick('kicked', 'ann')).toEqual([200, 'Success']);
    expect(await kick('kicked', 'ann')).toEqual([200, 'Success']);
  });

  it.each(['愛'.repeat(256), 'a/b?c=%2e', '😀 and ünï'])('kicks %s', async (name) => {
    const client = await join('named', name);

    expect(await kick('named', name)).toEqual([200, 'Success']);

    expect(await client.next('callEnded')).toEqual({ reason: 'kicked' });
  });
});
