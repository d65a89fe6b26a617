import { startEmbeddedMongo } from '@nuvem/embedded-mongo';
import { type Db, MongoClient } from 'mongodb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabaseUri } from './database.js';

export interface OwnDatabase {
  readonly client: MongoClient;
  readonly db: Db;
  readonly uri: string;
  close(): Promise<void>;
}

/** A database on a server that no other test uses, so that what the server counts is this test's; MONGODB_URI goes first. */
export async function openOwnDatabase(): Promise<OwnDatabase> {
  const server = process.env['MONGODB_URI'] ? undefined : await startServer();
  const uri = server?.uriFor('nuvem') ?? freshDatabaseUri();
  const client = await MongoClient.connect(uri);
  const db = client.db();
  const close = async (): Promise<void> => {
    await db.dropDatabase();
    await client.close();
    await server?.close();
  };
  return { client, db, uri, close };
}

async function startServer() {
  const dataDir = await mkdtemp(join(tmpdir(), 'nuvem-mongo-'));
  const server = await startEmbeddedMongo({ dataDir, port: 0 });
  const close = async (): Promise<void> => {
    await server.close();
    await rm(dataDir, { recursive: true });
  };
  return { ...server, close };
}
