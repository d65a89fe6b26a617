import { describe, expect, it } from '@jest/globals';
import { environmentWith, makeNode } from '../../../test/erizo-controllers/fakes.js';
import { AmqpConnection } from '../../amqp/amqp-connection.js';
import type { AmqpTransport } from './amqp-transport.js';
import type { HttpTransport } from './http/http-transport.js';
import { NodeClient } from './node-client.js';
import type { NodeTransport } from './node-transport.js';

function transportOf(name: string): NodeTransport {
  return {
    getUsersInRoom: async () => [{ name, role: 'presenter', permissions: {} }],
    deleteRoom: async () => undefined,
    deleteUser: async () => name === 'http',
  };
}

function clientWith(amqpUrl?: string): NodeClient {
  const http = transportOf('http') as HttpTransport;
  const amqp = transportOf('amqp') as AmqpTransport;
  return new NodeClient(http, amqp, new AmqpConnection(environmentWith({ amqpUrl })));
}

const BROKER = 'amqp://broker.test';
const withUrl = makeNode({ controlUrl: 'http://node.test' });
const withoutUrl = makeNode();

describe('NodeClient', () => {
  it('calls a node with a control URL over HTTP', async () => {
    const client = clientWith(BROKER);
    expect(await client.getUsersInRoom(withUrl, 'r')).toMatchObject([{ name: 'http' }]);
    expect(await client.deleteUser(withUrl, 'r', 'ann')).toBe(true);
  });

  it('calls any other over RabbitMQ', async () => {
    const client = clientWith(BROKER);
    expect(await client.getUsersInRoom(withoutUrl, 'r')).toMatchObject([{ name: 'amqp' }]);
    expect(await client.deleteUser(withoutUrl, 'r', 'ann')).toBe(false);
  });

  it('can not call any other without a broker', async () => {
    await expect(clientWith().deleteRoom(withoutUrl, 'r')).rejects.toMatchObject({
      code: 'NODE_UNAVAILABLE',
    });
  });
});
