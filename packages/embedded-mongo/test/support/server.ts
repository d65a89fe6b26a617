import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';

// Starting a process may take seconds on a busy machine.
jest.setTimeout(120_000);

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** The embedded server as a process of its own. */
export interface ServerProcess {
  readonly uri: string;
  readonly host: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it with a signal and waits until it is gone; gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** It ended before it was ready: with what it wrote, and its exit code (null after a signal). */
export class ServerFailedError extends Error {
  constructor(
    message: string,
    readonly code: number | null,
  ) {
    super(message);
  }
}

export async function startServer(
  dataDir: string,
  command: readonly string[] = [process.execPath],
): Promise<ServerProcess> {
  const [program, ...before] = command as [string, ...string[]];
  const child = spawn(program, [...before, CLI, '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ready = once(child.stdout, 'data').then(([chunk]) => (chunk as Buffer).toString());
  const line = await Promise.race([ready, exited]);
  if (typeof line !== 'string') throw new ServerFailedError(errors, line);
  const uri = /mongodb:\/\/\S+/.exec(line)?.[0] ?? '';
  const [host, port] = uri.replace('mongodb://', '').split(':') as [string, string];
  return {
    uri: `${uri}/?directConnection=true`,
    host,
    port: Number(port),
    process: child,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'nuvem-mongo-'));
}

export interface TestDatabase {
  readonly client: MongoClient;
  readonly db: Db;
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * A database of its own on the MongoDB that MONGODB_URI names, or on an embedded server started
 * for the spec: the same tests run on either.
 */
export async function openTestDatabase(options: MongoClientOptions = {}): Promise<TestDatabase> {
  const given = process.env['MONGODB_URI'];
  const dataDir = given === undefined ? temporaryDirectory() : undefined;
  const server = dataDir === undefined ? undefined : await startServer(dataDir);
  const uri = given ?? server?.uri ?? '';
  const client = await MongoClient.connect(uri, options);
  const name = `embedded_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const db = client.db(name);
  return {
    client,
    db,
    uri,
    close: async () => {
      await db.dropDatabase();
      await client.close();
      await server?.stop();
      if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The error a promise rejects with, as its own fields, for whole comparison. */
export async function failureOf(promise: Promise<unknown>): Promise<{ [field: string]: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as { [field: string]: unknown };
  }
  throw new Error('The operation was expected to fail');
}
