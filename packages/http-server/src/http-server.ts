import { Server, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** How long the head and body of a request may take to arrive, and a new connection to begin one. */
const REQUEST_TIMEOUT_MS = 30_000;
const CHECKING_INTERVAL_MS = 5_000;
/** How long a connection may pass no byte while its request is answered: longer than any request waits for a node. */
const SILENCE_TIMEOUT_MS = 90_000;
/** How long a connection may rest between requests: longer than load balancers let theirs. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const IDLE_SWEEP_MS = 50;

/** A server on which no client can keep a connection that says nothing, nor hold up the end. */
export class HttpServer extends Server {
  private readonly openSockets = new Set<Socket>();
  private hasEnded = false;

  constructor(handler: RequestListener) {
    super(
      {
        headersTimeout: REQUEST_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        connectionsCheckingInterval: CHECKING_INTERVAL_MS,
      },
      handler,
    );
    this.timeout = SILENCE_TIMEOUT_MS;
    this.on('connection', (socket: Socket) => {
      if (this.hasEnded) return void socket.destroy();
      this.openSockets.add(socket);
      socket.once('close', () => this.openSockets.delete(socket));
    });
  }

  /**
   * Ends the connections on which no request has begun as well, also those that turn idle later. They would hold up
   * the end, since Node no longer looks at its time-outs by then.
   */
  override close(callback?: (error?: Error) => void): this {
    const sweep = setInterval(() => this.endIdleConnections(), IDLE_SWEEP_MS);
    this.once('close', () => clearInterval(sweep));
    return super.close(callback);
  }

  /** Cuts every connection, whatever goes on on it, and those that are still made. */
  endConnections(): void {
    this.hasEnded = true;
    for (const socket of this.openSockets) socket.destroy();
  }

  private endIdleConnections(): void {
    this.closeIdleConnections();
    for (const socket of this.openSockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
