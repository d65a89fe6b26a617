import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../../src/common/clock.js';
import { Leader } from '../../src/database/leader/leader.service.js';
import { LivenessWatch } from '../../src/erizo-controllers/liveness/liveness-watch.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Written or read every few seconds whatever the load is, so no part of a request's cost. */
const NOT_OF_REQUESTS = ['activity', 'leases', 'roomEnds', 'serviceRemovals'];

describe('database commands of each route that is often called', () => {
  let app: TestApp;
  let tenant: ApiClient;
  let node: FakeNode;
  let placedRoom: string;
  let seen: string[] = [];

  beforeAll(async () => {
    const uri = new URL(freshDatabaseUri());
    uri.searchParams.set('monitorCommands', 'true');
    app = await startTestApp({ MONGODB_URI: uri.href });
    // What the leading instance does by itself is no part of a request.
    await app.app.get(Leader).onModuleDestroy();
    const connection = app.app.get<Connection>(getConnectionToken());
    connection.getClient().on('commandStarted', ({ commandName, command }) => {
      const collection = (command as mongo.Document)[commandName] as unknown;
      if (typeof collection === 'string' && !NOT_OF_REQUESTS.includes(collection)) {
        seen.push(`${commandName} ${collection}`);
      }
    });
    tenant = await app.createService('tenant');
    node = await FakeNode.start(await app.createService('nodes', 'node'));
    placedRoom = await tenant.createRoom({}, 'placed');
    await tenant.token(placedRoom, 'alice', 'presenter');
    await app.app.get(LivenessWatch, { strict: false }).onModuleDestroy();
    // What is read once a second for all requests is fresh from now on, however slow this machine is.
    const clock = app.app.get(Clock);
    jest.spyOn(clock, 'now').mockReturnValue(clock.now());
    await tenant.token(placedRoom, 'alice', 'presenter');
    await node.beat();
  });

  afterEach(() => {
    seen = [];
  });

  afterAll(async () => {
    await node.close();
    await app.close();
  });

  async function commandsOf(call: () => Promise<Answer>): Promise<string[]> {
    seen = [];
    const { status, text } = await call();
    const commands = seen.toSorted();
    expect({ isDone: status < 300, text }).toEqual({ isDone: true, text: expect.any(String) });
    return commands;
  }

  it('issues a token with its nonce, its room and itself', async () => {
    const commands = await commandsOf(() => tenant.token(placedRoom, 'alice', 'presenter'));
    expect(commands).toEqual(['find rooms', 'insert nonces', 'insert tokens']);
  });

  it("issues a room's first token with one more: the node's choice", async () => {
    const room = await tenant.createRoom({}, 'new');
    const commands = await commandsOf(() => tenant.token(room, 'alice', 'presenter'));
    expect(commands).toEqual(['find rooms', 'insert nonces', 'insert tokens', 'update rooms']);
  });

  it('redeems a token with itself, and before and after with its room and the bans of its participant', async () => {
    const { text: token } = await tenant.token(placedRoom, 'alice', 'presenter');
    const commands = await commandsOf(() => node.client.post('/v1/tokens/redeem', { token }));
    expect(commands).toEqual([
      'find bans',
      'find bans',
      'find rooms',
      'find rooms',
      'find tokens',
      'insert nonces',
      'update tokens',
    ]);
  });

  it('takes a beat with one write', async () => {
    const commands = await commandsOf(() => node.beat({ load: 3 }));
    expect(commands).toEqual(['insert nonces', 'update erizoControllers']);
  });

  it.each([
    ['reads a room', () => tenant.get(`/rooms/${placedRoom}`), 'find rooms'],
    ['lists rooms', () => tenant.get('/rooms'), 'find rooms'],
    ['pages rooms', () => tenant.get('/rooms?limit=10'), 'find rooms'],
    ['creates a room', () => tenant.post('/rooms', { name: 'another' }), 'insert rooms'],
    [
      'finds a room by getOrCreate',
      () => tenant.post('/rooms', { name: 'placed', options: { getOrCreate: true } }),
      'find rooms',
    ],
    [
      'replaces a room',
      () => tenant.put(`/rooms/${placedRoom}`, { name: 'placed' }),
      'findAndModify rooms',
    ],
    [
      'renames a room',
      () => tenant.patch(`/rooms/${placedRoom}`, { name: 'r' }),
      'findAndModify rooms',
    ],
  ])('%s with one command beside the nonce', async (_, call, command) => {
    expect(await commandsOf(call)).toEqual([command, 'insert nonces'].toSorted());
  });

  it('makes a room by getOrCreate with one command more', async () => {
    const body = { name: 'made', options: { getOrCreate: true } };
    const commands = await commandsOf(() => tenant.post('/rooms', body));
    expect(commands).toEqual(['find rooms', 'findAndModify rooms', 'insert nonces']);
  });

  it('deletes a room that no node has with one command', async () => {
    const room = await tenant.createRoom({}, 'short-lived');
    const commands = await commandsOf(() => tenant.delete(`/rooms/${room}`));
    expect(commands).toEqual(['findAndModify rooms', 'insert nonces']);
  });

  it('takes a report of many who came, each with their token, with as many commands as of one', async () => {
    const logging = await app.createTenant('logging');
    const room = await logging.createRoom({}, 'reported');
    const arrivalsOf = (prefix: string, count: number): Promise<object[]> =>
      Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const userName = `${prefix}${index}`;
          const body = { userName, role: 'presenter' };
          const { json } = await logging.post(`/v1/rooms/${room}/tokens`, body);
          const { id, token } = json as { id: string; token: string };
          await node.client.post('/v1/tokens/redeem', { token });
          return { roomId: room, participantId: userName, userName, tokenId: id };
        }),
      );
    const [first, one, many] = [
      await arrivalsOf('first', 1),
      await arrivalsOf('one', 1),
      await arrivalsOf('many', 20),
    ];
    const report = (joined: object[]): Promise<Answer> =>
      node.client.post(`/v1/nodes/${node.id}/participants`, { joined });
    await report(first);
    const ofOne = await commandsOf(() => report(one));
    expect(ofOne).toEqual([
      'find erizoControllers',
      'find rooms',
      'find sessions',
      'find tokens',
      'insert nonces',
      'insert sessions',
    ]);
    expect(await commandsOf(() => report(many))).toEqual(ofOne);
  });
});
