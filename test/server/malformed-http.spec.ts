import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestApp, type TestApp } from '../support/test-app.js';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

/** Writes bytes to the socket, ends it, and gives all that comes back. */
async function send(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  // The server may have ended the connection before all was written.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.end(bytes);
  return text(socket).catch(() => '');
}

const HEAD = 'GET /rooms HTTP/1.1\r\nHost: x\r\n';

describe('bytes that are no request', () => {
  it.each([
    ['nothing', ''],
    ['noise', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7) % 256))],
    ['the greeting of TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /rooms\r\n'],
    ['a method that is none', 'EXPLODE /rooms HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /rooms HTTP/1.1\r\n\r\n'],
    ['two hosts', `${HEAD}Host: y\r\n\r\n`],
    ['NUL in the path', 'GET /ro\0oms HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a name', `${HEAD}: x\r\n\r\n`],
    ['a head that is not ended', HEAD],
    ['a head of 1 MB', `${HEAD}X: ${'x'.repeat(1_000_000)}\r\n\r\n`],
    ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`],
    [
      'a length beside chunks',
      `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is none',
      `POST /rooms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ],
    ['a body that is cut off', `POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{`],
    ['an upgrade', `${HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'],
    ['another origin', 'GET http://example.com/rooms HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a path that is an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a hundred requests at once', `${HEAD}\r\n`.repeat(100)],
  ])('that are %s end that connection at most', async (_, bytes) => {
    const answer = await send(bytes);
    expect(answer).toMatch(/^($|HTTP\/1\.1 (204|400|401|404|415|431) )/);
    const { status, json } = await server.superservice.get('/health/live');
    expect({ status, json }).toEqual({ status: 200, json: { status: 'ok' } });
  });
});
