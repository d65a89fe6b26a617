import { mongo } from 'mongoose';
import type { ApiClient } from '../support/api-client.js';

export const UNKNOWN_ID = '65f0c0ffee65f0c0ffee65ff';

/** A whole registration; `hostname` makes it another node. */
export function nodeBody(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { ip: '192.0.2.1', hostname: 'node-1.test', port: 8080, secure: true, ...fields };
}

/** Registers a node and gives its id. */
export async function register(
  client: ApiClient,
  fields: Record<string, unknown> = {},
): Promise<string> {
  const answer = await client.post('/v1/nodes', nodeBody(fields));
  if (answer.status !== 201) throw new Error(`Registration answered ${answer.status}`);
  return (answer.json as { id: string }).id;
}

/** Works on the application's own database. */
export async function withDatabase<T>(
  uri: string,
  work: (database: mongo.Db) => Promise<T>,
): Promise<T> {
  const client = await mongo.MongoClient.connect(uri);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

/** Lets a node be silent for so long, and be given up for it by some instance. */
export function silence(uri: string, id: string, seconds: number): Promise<void> {
  return withDatabase(uri, async (database) => {
    const lastSeen = new Date(Date.now() - seconds * 1000);
    const _id = new mongo.ObjectId(id);
    await database
      .collection('erizoControllers')
      .updateOne({ _id }, { $set: { lastSeen, givenUp: lastSeen } });
  });
}
