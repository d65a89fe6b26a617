import type { RequestListener } from 'node:http';
import { HttpServer } from './http-server.js';

/** The HTTP servers of a process, whose connections can be ended together. */
export class HttpServers {
  private readonly servers: HttpServer[] = [];

  /** What FastifyAdapter is given, so that its server is one of these. */
  readonly options = {
    serverFactory: (handler: RequestListener): HttpServer => {
      const server = new HttpServer(handler);
      this.servers.push(server);
      return server;
    },
    // While a server closes, what still comes on open connections is answered, readiness above all.
    return503OnClosing: false,
  };

  /** Cuts every connection, whatever goes on on it, and those that are still made. */
  endConnections(): void {
    for (const server of this.servers) server.endConnections();
  }
}
