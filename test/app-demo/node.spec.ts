import { afterEach, describe, expect, it } from '@jest/globals';
import type { ControlCall } from '@nuvem/client';
import { signControl } from '@nuvem/client/node';
import { signMAuthSync } from '@nuvem/client/node';
import { DemoFixture } from './support/demo-fixture.js';
import { derivedKey, newId } from './support/fake-api.js';

describe('node of the demo', () => {
  let fixture: DemoFixture;

  afterEach(() => fixture.close());

  const nodeOf = ({ api }: DemoFixture) => [...api.nodes.values()][0]!;

  describe('registration', () => {
    it('makes its services with derived keys, and registers', async () => {
      fixture = await DemoFixture.ready();

      const { api, demo } = fixture;
      for (const [name, role] of [
        ['nuvem-demo', 'tenant'],
        ['nuvem-demo-node', 'node'],
      ] as const) {
        await fetch(`${demo.url}/getRooms/`);
        const key = derivedKey(api.superservice.key, name);
        expect(api.service(name)).toMatchObject({ role, key });
      }
      expect(nodeOf(fixture)).toMatchObject({
        hostname: 'localhost',
        port: Number(new URL(demo.controllerUrl).port),
        controlUrl: demo.controllerUrl,
      });
    });

    it('uses the services that are there', async () => {
      fixture = await DemoFixture.start({}, (api) => {
        const name = 'nuvem-demo-node';
        const key = derivedKey(api.superservice.key, name);
        api.services.set('5f5f5f5f5f5f5f5f5f5f5f5f', {
          _id: '5f5f5f5f5f5f5f5f5f5f5f5f',
          name,
          role: 'node',
          key,
        });
      });
      const { api } = fixture;

      await api.until(() => api.nodes.size > 0);

      const names = [...api.services.values()].map(({ name }) => name);
      expect(names.filter((name) => name === 'nuvem-demo-node')).toHaveLength(1);
    });

    it('replaces a service whose key is of an earlier superservice key', async () => {
      fixture = await DemoFixture.start({}, (api) => {
        const service = { _id: newId(), name: 'nuvem-demo-node', role: 'node', key: 'old' };
        api.services.set(service._id, service);
      });
      const { api } = fixture;

      await api.until(() => api.nodes.size > 0);

      expect(api.service('nuvem-demo-node').key).toBe(
        derivedKey(api.superservice.key, 'nuvem-demo-node'),
      );
    });

    it('waits for an API that is not there yet', async () => {
      fixture = await DemoFixture.start({}, (api) => (api.isDown = true));
      fixture.api.isDown = false;

      await fixture.api.until(() => fixture.api.nodes.size > 0);

      expect(nodeOf(fixture).hostname).toBe('localhost');
    });

    it('registers again when the API has forgotten it', async () => {
      fixture = await DemoFixture.ready();
      const { api } = fixture;
      api.nodes.clear();

      await api.until(() => nodeOf(fixture)?.beats.length > 0);

      expect(api.nodes.size).toBe(1);
    });

    it('keeps its calls while the API is away', async () => {
      fixture = await DemoFixture.ready();
      const { ann, ben } = await fixture.pair();
      fixture.api.isDown = true;

      const id = await ann.client.publish();

      expect(await ben.client.next('onAddStream')).toMatchObject({ id });
      fixture.api.isDown = false;
      const before = nodeOf(fixture).beats.length;
      await fixture.api.until(() => nodeOf(fixture).beats.length > before);
    });

    it('reports its state and load: warning, full, available again', async () => {
      fixture = await DemoFixture.ready({ warningRooms: 1, limitRooms: 2 });
      const beats = () => nodeOf(fixture).beats;
      const until = (state: number, load: number) =>
        fixture.api.until(() => beats().at(-1)?.state === state && beats().at(-1)?.load === load);

      await until(2, 0);
      const { client } = await fixture.join(newId());
      await until(1, 1);
      const second = await fixture.join(newId());
      await until(0, 2);
      client.tell('clientDisconnection', {});
      second.client.tell('clientDisconnection', {});
      await until(2, 0);

      expect(beats().at(-1)).toEqual({ state: 2, load: 0 });
    });

    it('says goodbye when it stops, and tells every client', async () => {
      fixture = await DemoFixture.ready();
      const room = newId();
      const joined = await Promise.all(
        ['ann', 'ben', 'cid'].map((name) => fixture.join(room, name)),
      );
      // What the others show leaves with them, so that there is more to be told.
      for (const { client } of joined) await client.publish();

      await fixture.demo.close();

      expect(fixture.api.nodes.size).toBe(0);
      for (const { client } of joined) {
        expect(await client.next('callEnded')).toEqual({ reason: 'node-stopped' });
      }
    });
  });

  describe('control URL', () => {
    function authorization(
      call: ControlCall,
      { timestamp, ...overrides }: { serviceId?: string; key?: string; timestamp?: number } = {},
    ): string {
      const { _id, key } = fixture.api.service('nuvem-demo-node');
      return signControl({ serviceId: _id, key, ...overrides }, call, timestamp);
    }

    function ownHeader(): string {
      const { _id, key } = fixture.api.service('nuvem-demo-node');
      return signMAuthSync({ serviceId: _id, key });
    }

    const control = (method: string, path: string, header = authorization({ method, path })) =>
      fetch(fixture.demo.controllerUrl + path, { method, headers: { authorization: header } });

    it('lists the users of a room, with what they may do', async () => {
      fixture = await DemoFixture.ready();
      const room = newId();
      await fixture.join(room, 'ann', 'presenter');
      await fixture.join(room, 'Zoë, ב', 'viewer');

      const response = await control('GET', `/rooms/${room}/users`);

      expect(await response.json()).toEqual([
        {
          name: 'ann',
          role: 'presenter',
          permissions: {
            publish: true,
            subscribe: true,
            record: true,
            stats: true,
            controlhandlers: true,
          },
        },
        { name: 'Zoë, ב', role: 'viewer', permissions: { subscribe: true } },
      ]);
    });

    it('knows nobody in a room that it does not hold', async () => {
      fixture = await DemoFixture.ready();

      const response = await control('GET', `/rooms/${newId()}/users`);

      expect(await response.json()).toEqual([]);
    });

    it('ends the call of a user that is kicked, and nobody else', async () => {
      fixture = await DemoFixture.ready();
      const { room, ann, ben } = await fixture.pair();
      const id = await ben.client.publish();

      const response = await control('DELETE', `/rooms/${room}/users/ben`);

      expect([response.status, await response.text()]).toEqual([200, 'Success']);
      expect(await ben.client.next('callEnded')).toEqual({ reason: 'kicked' });
      expect(await ann.client.next('onRemoveStream')).toEqual({ id });
    });

    it('does not take back a user that was kicked', async () => {
      fixture = await DemoFixture.ready();
      const { room, ben } = await fixture.pair();
      await control('DELETE', `/rooms/${room}/users/ben`);
      await ben.client.disconnected();

      await expect(ben.client.back({ clientId: ben.hello.clientId })).rejects.toMatchObject({
        message: 'token: Authentication error',
        data: { ended: 'kicked' },
      });
    });

    it('tells who was away while it was kicked, when it comes back', async () => {
      fixture = await DemoFixture.ready();
      const { room, ben } = await fixture.pair();
      await ben.client.cut();
      await control('DELETE', `/rooms/${room}/users/ben`);

      await expect(ben.client.back({ clientId: ben.hello.clientId })).rejects.toMatchObject({
        data: { ended: 'kicked' },
      });
    });

    it('says when there is no such user', async () => {
      fixture = await DemoFixture.ready();
      const { room } = await fixture.pair();

      const response = await control('DELETE', `/rooms/${room}/users/eve`);

      expect([response.status, await response.text()]).toEqual([404, 'User does not exist']);
    });

    it('has nobody left to kick from a room that it does not hold, as Licode’s', async () => {
      fixture = await DemoFixture.ready();

      const response = await control('DELETE', `/rooms/${newId()}/users/eve`);

      expect([response.status, await response.text()]).toEqual([200, 'Success']);
    });

    it('ends the calls of a whole room', async () => {
      fixture = await DemoFixture.ready();
      const { room, ann, ben } = await fixture.pair();

      const response = await control('DELETE', `/rooms/${room}`);

      expect(await response.text()).toBe('Success');
      expect(await ann.client.next('callEnded')).toEqual({ reason: 'room-ended' });
      expect(await ben.client.next('callEnded')).toEqual({ reason: 'room-ended' });
    });

    it.each([
      ['no signature', () => ''],
      ['another key', (call) => authorization(call, { key: 'guessed' })],
      ['another service', (call) => authorization(call, { serviceId: newId() })],
      ['an old signature', (call) => authorization(call, { timestamp: Date.now() - 301_000 })],
      ['a future signature', (call) => authorization(call, { timestamp: Date.now() + 301_000 })],
      ['a signature of another method', (call) => authorization({ ...call, method: 'DELETE' })],
      ['a signature of another room', (call) => authorization({ ...call, path: '/rooms/x/users' })],
      ['what the node itself sends to the API', () => ownHeader()],
    ] as [string, (call: ControlCall) => string][])('refuses %s', async (_what, header) => {
      fixture = await DemoFixture.ready();
      const call = { method: 'GET', path: `/rooms/${newId()}/users` };

      const response = await control(call.method, call.path, header(call));

      expect(response.status).toBe(401);
      expect(response.headers.get('x-error-code')).toBe('UNAUTHENTICATED');
    });

    it('answers a path that cannot be decoded in words of its own', async () => {
      fixture = await DemoFixture.ready();
      const response = await control('GET', '/rooms/1/users/%zz', '');
      expect([response.status, await response.text()]).toEqual([400, 'Bad Request']);
    });

    it('refuses a signature that was used before', async () => {
      fixture = await DemoFixture.ready();
      const path = `/rooms/${newId()}/users`;
      const header = authorization({ method: 'GET', path });

      const [first, second] = [
        await control('GET', path, header),
        await control('GET', path, header),
      ];

      expect([first.status, second.status]).toEqual([200, 401]);
    });
  });
});
