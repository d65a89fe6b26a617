import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { TEST_CERTIFICATE } from './test-certificate.js';

/**
 * A reverse proxy as operators put before a server: it ends TLS, and takes a path away that stands before those of
 * the server. What is not below that path it does not have, and it tells the server nothing of itself.
 */
export class ReverseProxy {
  private constructor(
    private readonly server: Server,
    /** Where browsers reach it, with the path and without a slash at the end. */
    readonly url: string,
  ) {}

  /**
   * @param hostname below `nuvem.test`, which the browsers of the tests find on this machine
   * @param prefix a path without a slash at the end, or nothing
   * @param target where the server listens; asked for each request, so that it may be started later
   */
  static async start(
    hostname: string,
    prefix: string,
    target: () => string,
  ): Promise<ReverseProxy> {
    const server = createServer(TEST_CERTIFICATE);
    const ask = (incoming: IncomingMessage): RequestOptions | undefined => {
      const { method, headers, url = '' } = incoming;
      if (!url.startsWith(`${prefix}/`)) return undefined;
      const { hostname: host, port } = new URL(target());
      const path = url.slice(prefix.length);
      return { host, port, method, path, headers: { ...headers, host: `${host}:${port}` } };
    };
    server.on('request', (incoming, outgoing) => {
      const options = ask(incoming);
      if (!options) return outgoing.writeHead(404).end('Not behind this proxy');
      const asked = request(options, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      asked.on('error', () => outgoing.destroy());
      outgoing.on('close', () => asked.destroy());
      incoming.pipe(asked);
    });
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      const options = ask(incoming);
      if (!options) return socket.destroy();
      const asked = request(options);
      asked.on('upgrade', (answer, upstream, first) => {
        const { rawHeaders } = answer;
        socket.write('HTTP/1.1 101 Switching Protocols\r\n');
        for (let i = 0; i < rawHeaders.length; i += 2) {
          socket.write(`${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`);
        }
        socket.write('\r\n');
        // What either end sent right behind its headers.
        socket.write(first);
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
        for (const [one, other] of [
          [socket, upstream],
          [upstream, socket],
        ] as const) {
          one.on('error', () => other.destroy());
          one.on('close', () => other.destroy());
        }
      });
      asked.on('error', () => socket.destroy());
      asked.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new ReverseProxy(server, `https://${hostname}.nuvem.test:${port}${prefix}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
