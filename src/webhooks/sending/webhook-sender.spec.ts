import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../../common/clock.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import { AddressPolicy } from '../../http/address-policy.js';
import { WebhookAddresses } from '../webhook-addresses.js';
import { environmentWith } from '../../../test/erizo-controllers/fakes.js';
import { WebhookSender } from './webhook-sender.js';

const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];

let server: Server;
let listen: RequestListener;
let requests: number;
let connections: number;
const senders: WebhookSender[] = [];

beforeEach(async () => {
  [requests, connections] = [0, 0];
  listen = (_request, response) => response.end();
  server = createServer((request, response) => {
    requests++;
    listen(request, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.onApplicationShutdown()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function senderWith(subnets: string, names: string[] = []): WebhookSender {
  const addresses = new WebhookAddresses(environmentWith({ webhookAllowSubnets: subnets }));
  const policy = new AddressPolicy(['unicast'], subnets, (_name, _options, callback) =>
    callback(
      null,
      names.map((address) => ({ address, family: 4 })),
    ),
  );
  const { lookup, lookupBesides } = policy;
  const resolving = Object.assign(addresses, { lookup, lookupBesides });
  const clock = new Clock();
  const sender = new WebhookSender(resolving, clock as unknown as DatabaseClock, clock);
  senders.push(sender);
  return sender;
}

const portOf = (): number => (server.address() as AddressInfo).port;

const send = (sender: WebhookSender, url: string) =>
  sender.send({ url, secrets: SECRETS, id: 'evt_1', body: '{}' });

describe('WebhookSender', () => {
  it('sends to a name that leads where it may, over connections that are kept', async () => {
    const sender = senderWith('127.0.0.0/8', ['127.0.0.1']);
    const url = `http://receiver.test:${portOf()}/`;
    for (let count = 0; count < 10; count++) {
      expect(await send(sender, url)).toMatchObject({ isSuccess: true, status: 200 });
    }
    expect(requests).toBe(10);
    // One may be taken while the other has just been answered.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it.each(['http', 'https'])(
    'sends nothing to a name that leads elsewhere, over %s',
    async (scheme) => {
      const sender = senderWith('', ['127.0.0.1', '10.0.0.7']);
      const outcome = await send(sender, `${scheme}://receiver.test:${portOf()}/`);
      expect(outcome).toMatchObject({ isSuccess: false, error: 'address is not allowed' });
      expect(connections).toBe(0);
    },
  );

  it('sends nothing in plain text to a public address', async () => {
    const sender = senderWith('127.0.0.0/8', ['192.0.2.1']);
    for (const host of ['receiver.test', '8.8.8.8']) {
      const outcome = await send(sender, `http://${host}:${portOf()}/`);
      expect(outcome).toMatchObject({ isSuccess: false, error: 'address is not allowed' });
    }
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433'])(
    'sends nothing to %s, which is not looked up',
    async (host) => {
      const outcome = await send(senderWith(''), `https://${host}:${portOf()}/`);
      expect(outcome).toMatchObject({ isSuccess: false, error: 'address is not allowed' });
      expect(connections).toBe(0);
    },
  );

  it('reads little of an endless answer', async () => {
    listen = (_request, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    };
    const sender = senderWith('127.0.0.0/8');
    const outcome = await send(sender, `http://127.0.0.1:${portOf()}/`);
    expect(outcome).toMatchObject({ isSuccess: true, status: 200 });
  });

  it('tells what went wrong without telling addresses', async () => {
    const sender = senderWith('127.0.0.0/8');
    listen = (request) => request.socket.end('no HTTP at all');
    const url = `http://127.0.0.1:${portOf()}/`;
    expect(await send(sender, url)).toMatchObject({ error: 'malformed answer' });
    listen = (request) => request.socket.destroy();
    expect(await send(sender, url)).toMatchObject({ error: 'connection closed' });
    expect(await send(sender, url.replace('http:', 'https:'))).toMatchObject({
      error: expect.stringMatching(/^(TLS failed|connection)/),
    });
  });
});
