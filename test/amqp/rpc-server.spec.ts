import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Types } from 'mongoose';
import { FakeAmqpController } from '../support/rabbitmq/fake-amqp-controller.js';
import { acquireBroker, type SharedBroker } from '../support/rabbitmq/rabbitmq.shared.js';
import { Copy } from './harness.js';

let broker: SharedBroker;
let copy: Copy;
let node: FakeAmqpController;

beforeAll(async () => {
  broker = await acquireBroker();
}, 120_000);

afterAll(() => broker.release());

beforeEach(async () => {
  copy = await Copy.connect(broker.url);
  node = await FakeAmqpController.connect({ url: broker.url, ip: '10.1.2.3', port: 8081 });
});

afterEach(async () => {
  await node.stop();
  await copy.close();
});

const REGISTRATION = { cloudProvider: '', ip: '10.1.2.3', hostname: '', port: 8081, ssl: false };

describe('what nodes ask', () => {
  it('registers a node and repeats what it said, with its id', async () => {
    await expect(node.call('addNewErizoController', REGISTRATION)).resolves.toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      publicIP: '10.1.2.3',
      hostname: '',
      port: 8081,
      ssl: false,
    });
  });

  it('does not make two nodes of one that tries its registration again', async () => {
    const first = await node.register();
    const again = await node.register();
    expect(again).toEqual(first);
    expect(copy.registry.nodes.size).toBe(1);
  });

  it.each([['gce'], [null], [undefined], [42]])(
    'answers a registration whose cloudProvider is %j',
    async (cloudProvider) => {
      const answer = await node.call('addNewErizoController', { ...REGISTRATION, cloudProvider });
      expect(answer).toMatchObject({ publicIP: '10.1.2.3', port: 8081 });
    },
  );

  it('answers keepAlive with ok, and whoareyou only for an id that is not known', async () => {
    await node.register();
    await expect(node.call('keepAlive', node.id)).resolves.toBe('ok');
    const stranger = new Types.ObjectId().toHexString();
    await expect(node.call('keepAlive', stranger)).resolves.toBe('whoareyou');
  });

  it('takes setInfo, and answers it without data', async () => {
    await node.register();
    const answer = await node.callForAnswer({ method: 'setInfo', args: { id: node.id, state: 0 } });
    expect(answer).toEqual({ corrID: expect.any(Number), type: 'callback' });
    expect([...copy.registry.nodes.values()][0]?.state).toBe(0);
  });

  it('takes killMe, and answers it without data', async () => {
    const answer = await node.callForAnswer({ method: 'killMe', args: '10.1.2.3' });
    expect(answer).toEqual({ corrID: expect.any(Number), type: 'callback' });
  });

  it('lists the nodes, best first', async () => {
    const ports = [1001, 1002, 1003];
    for (const port of ports) await node.call('addNewErizoController', { ...REGISTRATION, port });
    const [full, warning, free] = [...copy.registry.nodes.values()].map(({ _id }) =>
      _id.toHexString(),
    );
    await node.call('setInfo', { id: full, state: 0 });
    await node.call('setInfo', { id: warning, state: 1 });
    const list = await node.call('getErizoControllers', {});
    expect(list).toEqual([
      { _id: free, ip: '10.1.2.3', hostname: '', port: 1003, ssl: false, state: 2, keepAlive: 0 },
      {
        _id: warning,
        ip: '10.1.2.3',
        hostname: '',
        port: 1002,
        ssl: false,
        state: 1,
        keepAlive: 0,
      },
      { _id: full, ip: '10.1.2.3', hostname: '', port: 1001, ssl: false, state: 0, keepAlive: 0 },
    ]);
  });

  it('hands a handler that was added the arguments, and the node its answer', async () => {
    copy.server.handle('deleteToken', async (id) => ({ data: { _id: id, userName: 'ann' } }));
    await expect(node.call('deleteToken', 'abc')).resolves.toEqual({ _id: 'abc', userName: 'ann' });
  });
});

describe('on Amazon', () => {
  let imds: Server;
  let v2 = true;
  let requests: string[];

  beforeEach(async () => {
    requests = [];
    imds = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      if (request.method === 'PUT') response.writeHead(v2 ? 200 : 403).end(v2 ? 'a-token' : '');
      else if (v2 && request.headers['x-aws-ec2-metadata-token'] !== 'a-token')
        response.writeHead(401).end();
      else response.end('203.0.113.7');
    });
    await new Promise<void>((resolve) => imds.listen(0, '127.0.0.1', resolve));
    copy.metadata.baseUrl = `http://127.0.0.1:${(imds.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    imds.close();
  });

  it.each([true, false])(
    'takes the public address from the metadata service (v2: %j)',
    async (is) => {
      v2 = is;
      const amazon = { ...REGISTRATION, cloudProvider: 'amazon' };
      const answer = await node.call('addNewErizoController', amazon);
      expect(answer).toMatchObject({ publicIP: '203.0.113.7' });
      expect(requests).toEqual(['PUT /latest/api/token', 'GET /latest/meta-data/public-ipv4']);
    },
  );

  it('registers the node with its own address when there is no metadata service', async () => {
    copy.metadata.baseUrl = 'http://127.0.0.1:1';
    const amazon = { ...REGISTRATION, cloudProvider: 'amazon' };
    const answer = await node.call('addNewErizoController', amazon);
    expect(answer).toMatchObject({ publicIP: '10.1.2.3' });
  });
});

describe('what would have ended Nuve', () => {
  beforeEach(async () => {
    copy.server.handle('deleteToken', async (id) =>
      id === 'abc' ? { data: 'error' } : { data: { _id: id } },
    );
    await node.register();
  });

  it.each([
    ['an unknown method', { method: 'noSuchMethod', args: 1 }],
    ['a method of every object', { method: 'constructor', args: 1 }],
    ['a method that is none', { method: { a: 1 } }],
    ['no method', {}],
    ["keepAlive 'abc'", { method: 'keepAlive', args: 'abc' }],
    ['keepAlive of an object', { method: 'keepAlive', args: { $ne: null } }],
    ["deleteToken 'abc'", { method: 'deleteToken', args: 'abc' }],
    ['setInfo null', { method: 'setInfo', args: null }],
    ['setInfo of a state that is none', { method: 'setInfo', args: { id: 'x', state: 9 } }],
  ])('answers error to %s', async (_, message) => {
    await expect(node.callForAnswer(message)).resolves.toMatchObject({ data: 'error' });
    await expect(node.call('keepAlive', node.id)).resolves.toBe('ok');
  });

  it.each([
    ['a body that is not JSON', Buffer.from('{"method":')],
    ['no body', Buffer.alloc(0)],
    ['JSON that is no object', Buffer.from('[1,2]')],
    ['null', Buffer.from('null')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['1 MB of noise', Buffer.alloc(1_000_000, '{"a":[')],
    ['2 MB of zeros', Buffer.alloc(2_000_000)],
  ])('drops %s', async (_, content) => {
    node.sendRaw(content, { contentType: 'application/json' });
    await expect(node.call('keepAlive', node.id)).resolves.toBe('ok');
  });

  it('reads a call without a content type', async () => {
    const { id } = node;
    node.sendRaw(Buffer.from(JSON.stringify({ method: 'setInfo', args: { id, state: 1 } })));
    await node.beat();
    expect([...copy.registry.nodes.values()][0]?.state).toBe(1);
  });

  it.each([
    ['no replyTo', { replyTo: undefined }],
    ['a replyTo that is no text', { replyTo: { a: 1 } }],
    ['a replyTo longer than a routing key', { replyTo: 'x'.repeat(300) }],
    ['a replyTo that leads nowhere', { replyTo: 'nobody' }],
    ['a replyTo that leads back to Nuvem', { replyTo: 'nuve' }],
    ['a corrID that is no id', { corrID: { deep: [] } }],
  ])('takes a call with %s', async (_, odd) => {
    node.send({ method: 'keepAlive', args: node.id, corrID: 1, replyTo: 'nobody', ...odd });
    await expect(node.call('keepAlive', node.id)).resolves.toBe('ok');
  });

  it.each([['text'], [0], [-1.5]])('echoes the corrID %j as it came', async (corrID) => {
    const answer = node.callForAnswer({ method: 'keepAlive', args: node.id, corrID });
    await expect(answer).resolves.toEqual({ data: 'ok', corrID, type: 'callback' });
  });
});

describe('while the database fails', () => {
  beforeEach(async () => {
    await node.register();
    copy.registry.failure = new Error('connection to the database lost');
    // An answer would come at once.
    node.callTimeoutMs = 500;
  });

  it.each([
    ['keepAlive', (id: string): unknown => id],
    ['addNewErizoController', () => REGISTRATION],
    ['setInfo', (id: string) => ({ id, state: 1 })],
    ['getErizoControllers', () => null],
  ])(
    'never tells a node whoareyou or error: %s is not answered, and the node tries again',
    async (method, argsOf) => {
      const first = node.call(method, argsOf(node.id));
      await expect(first).rejects.toThrow('timeout');
      copy.registry.failure = undefined;
      await expect(node.call(method, argsOf(node.id))).resolves.not.toBe('error');
    },
  );

  it('does not refuse a registration that makes no sense, since Licode stops on that', async () => {
    copy.registry.failure = undefined;
    const senseless = node.call('addNewErizoController', { cloudProvider: '' });
    await expect(senseless).rejects.toThrow('timeout');
  });
});
