import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { environmentWith, makeNode } from '../../../../test/erizo-controllers/fakes.js';
import { parseControl } from '@nuvem/client';
import { verifyControl } from '@nuvem/client/node';
import type { ServicesService } from '../../../services/services.service.js';
import type { ErizoController } from '../../erizo-controller.js';
import { ControlAddresses } from './control-addresses.js';
import { HttpTransport } from './http-transport.js';

const ROOM = '65f0c0ffee65f0c0ffee65f2';
const SERVICE = new Types.ObjectId();
const KEY = 'the key of the service that registered the node';
const UNAVAILABLE = { code: 'NODE_UNAVAILABLE', retryAfterSeconds: 2 };

const services = {
  findKey: async (id: Types.ObjectId) => (id.equals(SERVICE) ? KEY : null),
} as ServicesService;

function transportTo(controlUrlAllowSubnets: string): HttpTransport {
  const addresses = new ControlAddresses(environmentWith({ controlUrlAllowSubnets }));
  return new HttpTransport(services, addresses);
}

const transport = transportTo('127.0.0.0/8,::1/128');

let servers: Server[];

beforeEach(() => {
  servers = [];
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
});

/** A node whose control server answers like this. */
async function nodeThat(answer: RequestListener): Promise<ErizoController> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return makeNode({ controlUrl: `http://127.0.0.1:${port}`, service: SERVICE });
}

function answering(status: number, body?: unknown): Promise<ErizoController> {
  return nodeThat((_, response) => response.writeHead(status).end(body && JSON.stringify(body)));
}

function writes(...chunks: string[]): RequestListener {
  return (_, response) => {
    for (const chunk of chunks) response.write(chunk);
  };
}

describe('the three calls', () => {
  it('asks for the users of a room', async () => {
    const permissions = { publish: true };
    const node = await answering(200, [
      { name: 'ann', role: 'presenter', permissions, address: '10.0.0.1' },
      { name: 'bob', role: 'guest' },
    ]);
    expect(await transport.getUsersInRoom(node, ROOM)).toEqual([
      { name: 'ann', role: 'presenter', permissions },
      { name: 'bob', role: 'guest', permissions: {} },
    ]);
  });

  it('has nobody in a room that the node does not hold', async () => {
    expect(await transport.getUsersInRoom(await answering(404), ROOM)).toEqual([]);
  });

  it('ends a room, also one that the node does not hold', async () => {
    expect(await transport.deleteRoom(await answering(204), ROOM)).toBeUndefined();
    expect(await transport.deleteRoom(await answering(404), ROOM)).toBeUndefined();
  });

  it('says whether there was a user to remove', async () => {
    expect(await transport.deleteUser(await answering(200, 'Success'), ROOM, 'ann')).toBe(true);
    expect(await transport.deleteUser(await answering(404), ROOM, 'ann')).toBe(false);
  });

  it('signs as the service that registered the node, and escapes what it puts in the path', async () => {
    const seen: string[] = [];
    let signed = false;
    const node = await nodeThat((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const path = request.url?.replace('/control', '') ?? '';
      const fields = parseControl(request.headers.authorization);
      signed =
        fields?.serviceId === SERVICE.toHexString() &&
        verifyControl(fields, KEY, { method: request.method ?? '', path });
      response.end('[]');
    });
    const controlUrl = `${node.controlUrl}/control/`;
    await transport.getUsersInRoom({ ...node, controlUrl }, ROOM);
    await transport.deleteRoom(node, ROOM);
    await transport.deleteUser(node, ROOM, 'ann/../../?x=é#');
    expect(seen).toEqual([
      `GET /control/rooms/${ROOM}/users`,
      `DELETE /rooms/${ROOM}`,
      `DELETE /rooms/${ROOM}/users/ann%2F..%2F..%2F%3Fx%3D%C3%A9%23`,
    ]);
    expect(signed).toBe(true);
  });
});

describe('a node whose control URL leads to this machine is unavailable', () => {
  it.each(['127.0.0.1', 'localhost', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'unless a setting allows %s',
    async (host) => {
      let called = 0;
      const node = await nodeThat((_, response) => {
        called++;
        response.end('[]');
      });
      const controlUrl = `http://${host}:${new URL(`${node.controlUrl}`).port}`;
      const call = { ...node, controlUrl };
      await expect(transportTo('').getUsersInRoom(call, ROOM)).rejects.toMatchObject(UNAVAILABLE);
      expect(called).toBe(0);
      expect(await transport.getUsersInRoom(call, ROOM)).toEqual([]);
    },
  );
});

describe('a node that is hostile or broken is unavailable', () => {
  it.each(['.', '..'])(
    'but a user named %s, to whom no URL leads, is just not there',
    async (user) => {
      const node = await answering(200);
      await expect(transport.deleteUser(node, ROOM, user)).resolves.toBe(false);
    },
  );

  it('when it redirects, and nobody follows', async () => {
    let followed = false;
    const node = await nodeThat((request, response) => {
      followed ||= request.url === '/elsewhere';
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(transport.getUsersInRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
    await expect(transport.deleteRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
    expect(followed).toBe(false);
  });

  it('when its answer has no end, which is not read', async () => {
    let sent = 0;
    let closed: Promise<unknown> = Promise.resolve();
    const node = await nodeThat((_, response) => {
      closed = once(response, 'close');
      const chunk = Buffer.alloc(65_536, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    await expect(transport.getUsersInRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
    await closed;
    expect(sent).toBeLessThan(20_000_000);
  });

  it('when it is silent, or drips, for 3 s', async () => {
    const drips: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    };
    const nodes = await Promise.all([() => undefined, writes('['), drips].map(nodeThat));
    const calls = nodes.flatMap((node) => [
      transport.getUsersInRoom(node, ROOM),
      transport.deleteUser(node, ROOM, 'ann'),
    ]);
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    }
  });

  it.each([
    ['answers 500', 500, []],
    ['refuses the signature', 401, []],
    ['answers with an object', 200, { users: [] }],
    ['answers with a number', 200, 4],
    ['names no user', 200, [null]],
    ['has a user whose name is no text', 200, [{ name: { $gt: '' }, role: 'r', permissions: {} }]],
    ['has a user without role', 200, [{ name: 'ann', permissions: {} }]],
    ['has permissions that are a list', 200, [{ name: 'ann', role: 'r', permissions: [] }]],
  ])('when it %s', async (_, status, body) => {
    const node = await answering(status, body);
    await expect(transport.getUsersInRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('when its answer is not JSON', async () => {
    const node = await nodeThat((_, response) => response.end('<html>'));
    await expect(transport.getUsersInRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('when it hangs up', async () => {
    const node = await nodeThat((request) => request.socket.destroy());
    await expect(transport.getUsersInRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('when nobody listens', async () => {
    const node = await answering(200);
    servers[0]?.close();
    await expect(transport.deleteRoom(node, ROOM)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('when the service that registered it is gone', async () => {
    const node = await answering(200);
    const orphans = [
      { ...node, service: new Types.ObjectId() },
      { ...node, service: undefined },
    ];
    for (const orphan of orphans) {
      await expect(transport.deleteRoom(orphan, ROOM)).rejects.toMatchObject(UNAVAILABLE);
    }
  });
});
