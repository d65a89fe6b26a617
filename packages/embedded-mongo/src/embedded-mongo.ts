import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ServerOptions } from './server.js';
import { DataFileMissingError, bytesOf, dataFileIn } from './storage/file/data-file.js';
import type { WorkerMessage } from './worker.js';

export interface EmbeddedMongoOptions {
  /** Where the data is kept; made when it is not there. One server a directory. */
  dataDir: string;
  /** Where to put the Unix socket; by default in `dataDir`. */
  socketPath?: string;
  /** Listen on TCP instead: there is no authentication, so keep it to a loopback address. */
  port?: number;
  /** With `port`; 127.0.0.1 by default. */
  host?: string;
  /** Why there must be data already, for who reads that there is none; unset: a new database is made. */
  expectsData?: string | undefined;
}

export interface EmbeddedMongo {
  /** The connection string without a database. */
  readonly uri: string;
  /** The connection string for one database, as drivers want it. */
  uriFor(database: string): string;
  /** Rejects when the server ends without having been closed; never resolves before `close`. */
  readonly ended: Promise<void>;
  /** Finishes the writes under way, closes the files and ends the thread. */
  close(): Promise<void>;
}

/** `sun_path` holds 108 bytes on Linux, 104 on macOS, the final NUL included. */
const MAX_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

/**
 * Hardly anything here outlives its command. Left to itself V8 doubles this after minutes of load, which gains
 * nothing and looks like a leak.
 */
const YOUNG_GENERATION_MB = 24;

/** Starts a MongoDB-compatible server in a thread of its own; resolves once it takes connections. */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const { expectsData } = options;
  const file = dataFileIn(resolvePath(options.dataDir));
  if (expectsData !== undefined && bytesOf(file) === 0) {
    throw new DataFileMissingError(file, expectsData);
  }
  const { workerData, cleanUp } = prepare(options);
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const exited = once(worker, 'exit').then(([code]) => code as number);
  let failure: Error | undefined;
  worker.on('error', (error: Error) => {
    failure = error;
  });
  let address: string;
  try {
    address = await firstMessage(worker, exited, () => failure);
  } catch (error) {
    cleanUp();
    throw error;
  }
  let closing = false;
  const ended = exited.then((code) => {
    cleanUp();
    if (!closing) throw failure ?? new Error(`The embedded MongoDB server ended with code ${code}`);
  });
  // Whoever cares looks at `ended`; an unlooked-at rejection must not end the process by itself.
  ended.catch(() => undefined);
  const uri = `mongodb://${workerData.socketPath === undefined ? address : encodeURIComponent(address)}`;
  return {
    uri,
    uriFor: (database) => `${uri}/${encodeURIComponent(database)}?directConnection=true`,
    ended,
    close: async () => {
      if (!closing) {
        closing = true;
        worker.postMessage('close');
      }
      await ended;
    },
  };
}

async function firstMessage(
  worker: Worker,
  exited: Promise<number>,
  failure: () => Error | undefined,
): Promise<string> {
  const message = await Promise.race([
    once(worker, 'message').then(([first]) => first as WorkerMessage),
    exited.then((code) => {
      throw failure() ?? new Error(`The embedded MongoDB server ended with code ${code}`);
    }),
  ]);
  if (message.type === 'ready') return message.address;
  await exited;
  const error = new Error(
    message.type === 'failed' ? message.message : 'The server closed while starting',
  );
  if (message.type === 'failed') error.name = message.name;
  throw error;
}

function prepare(options: EmbeddedMongoOptions): {
  workerData: ServerOptions;
  cleanUp: () => void;
} {
  const { port, host } = options;
  const dataDir = resolvePath(options.dataDir);
  if (port !== undefined) return { workerData: { dataDir, host, port }, cleanUp: () => {} };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const wanted = resolvePath(options.socketPath ?? join(dataDir, 'mongo.sock'));
  if (Buffer.byteLength(wanted) <= MAX_SOCKET_PATH) {
    return { workerData: { dataDir, socketPath: wanted }, cleanUp: () => {} };
  }
  // mkdtemp makes the folder with mode 0700, so the socket is as private there.
  const socketPath = join(mkdtempSync(join(tmpdir(), 'embedded-mongo-')), 'mongo.sock');
  const cleanUp = (): void => rmSync(dirname(socketPath), { recursive: true, force: true });
  return { workerData: { dataDir, socketPath }, cleanUp };
}
