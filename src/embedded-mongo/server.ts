import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { dispatcher } from './commands/dispatch.js';
import { CursorRegistry } from './cursors.js';
import { Catalog } from './storage/catalog.js';
import { type DirectoryLock, lockDirectory } from './storage/directory-lock.js';
import { Store } from './storage/store.js';
import { TtlMonitor } from './ttl-monitor.js';
import { Connection } from './wire/connection.js';

export interface ServerOptions {
  dataDir: string;
  /** Listens on a Unix socket there, or else on host and port. */
  socketPath?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
}

const CURSOR_SWEEP_MS = 60_000;

/** The server itself, in whatever thread it is started. */
export class MongoServer {
  private readonly sockets = new Set<Socket>();
  private readonly cursors = new CursorRegistry();
  private readonly ttl: TtlMonitor;
  private readonly listener: Server;
  private readonly sweeper: NodeJS.Timeout;
  private lastConnectionId = 0;

  private constructor(
    private readonly store: Store,
    private readonly lock: DirectoryLock,
    private readonly options: ServerOptions,
  ) {
    const catalog = new Catalog(store);
    this.ttl = new TtlMonitor(catalog);
    const handle = dispatcher({
      store,
      catalog,
      cursors: this.cursors,
      startedAt: Date.now(),
      connections: () => this.sockets.size,
    });
    this.listener = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      new Connection(socket, ++this.lastConnectionId, handle);
    });
    this.sweeper = setInterval(() => this.cursors.expire(), CURSOR_SWEEP_MS);
    this.sweeper.unref();
    catalog.purgeInBackground();
  }

  static async start(options: ServerOptions): Promise<MongoServer> {
    const dataDir = resolvePath(options.dataDir);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const lock = await lockDirectory(dataDir);
    let server: MongoServer | undefined;
    try {
      server = new MongoServer(new Store(resolvePath(dataDir, 'mongo')), lock, options);
      await server.listen();
      server.ttl.start();
      return server;
    } catch (error) {
      if (server === undefined) await lock.release();
      else await server.close();
      throw error;
    }
  }

  /** `host:port`, or the path of the socket. */
  get address(): string {
    const address = this.listener.address();
    if (typeof address === 'string' || address === null) return this.options.socketPath ?? '';
    return hostAndPort(address);
  }

  private listen(): Promise<void> {
    const { socketPath, host, port } = this.options;
    // The lock says that no server is behind a socket that is still there.
    if (socketPath !== undefined) rmSync(socketPath, { force: true });
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(
        socketPath === undefined
          ? { host: host ?? '127.0.0.1', port: port ?? 0 }
          : { path: socketPath },
        () => {
          this.listener.off('error', reject);
          if (socketPath !== undefined) chmodSync(socketPath, 0o600);
          resolve();
        },
      );
    });
  }

  async close(): Promise<void> {
    this.ttl.stop();
    clearInterval(this.sweeper);
    const closed = new Promise<void>((resolve) => {
      this.listener.close(() => resolve());
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
    await this.store.close();
    await this.lock.release();
  }
}

function hostAndPort({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
