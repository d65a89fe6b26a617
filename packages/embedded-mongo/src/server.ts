import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { dispatcher } from './commands/dispatch.js';
import { CursorRegistry } from './cursors.js';
import { Catalog } from './storage/catalog.js';
import { type DirectoryLock, lockDirectory } from './storage/file/directory-lock.js';
import { Store } from './storage/store.js';
import { TtlMonitor } from './ttl-monitor.js';
import { Connection } from './wire/connection.js';
import { UnfinishedMessages } from './wire/unfinished-messages.js';

export interface ServerOptions {
  dataDir: string;
  /** Listens on a Unix socket there, or else on host and port. */
  socketPath?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
}

/** How often what clients have left behind is looked for. */
const SWEEP_MS = 60_000;

/** The server itself, in whatever thread it is started. */
export class MongoServer {
  private readonly connections = new Map<Socket, Connection>();
  /** Of connections that have ended. */
  private readonly past = { bytesIn: 0, bytesOut: 0 };
  private readonly cursors = new CursorRegistry();
  private readonly unfinished = new UnfinishedMessages();
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
      counters: { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 },
      clients: () => [...this.connections.values()],
      connectionsMade: () => this.lastConnectionId,
      traffic: () => this.traffic(),
    });
    this.listener = createServer((socket) => {
      const id = ++this.lastConnectionId;
      socket.on('close', () => {
        this.connections.delete(socket);
        this.cursors.connectionClosed(id);
        this.past.bytesIn += socket.bytesRead;
        this.past.bytesOut += socket.bytesWritten;
      });
      this.connections.set(socket, new Connection(socket, id, handle, this.unfinished));
    });
    this.sweeper = setInterval(() => {
      this.cursors.expire();
      this.unfinished.expire();
    }, SWEEP_MS);
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

  private traffic(): { bytesIn: number; bytesOut: number } {
    const total = { ...this.past };
    for (const { bytesRead, bytesWritten } of this.connections.keys()) {
      total.bytesIn += bytesRead;
      total.bytesOut += bytesWritten;
    }
    return total;
  }

  async close(): Promise<void> {
    this.ttl.stop();
    clearInterval(this.sweeper);
    const closed = new Promise<void>((resolve) => {
      this.listener.close(() => resolve());
    });
    for (const socket of this.connections.keys()) socket.destroy();
    await closed;
    await this.store.close();
    await this.lock.release();
  }
}

function hostAndPort({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
