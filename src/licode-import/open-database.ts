import { startEmbeddedMongo } from '@nuvem/embedded-mongo';
import { mongo } from 'mongoose';
import { DATABASE_NAME, databaseNameOf } from '../config/database-name.js';
import { printable } from '../common/printable.js';

export interface NamedDatabase {
  db: mongo.Db;
  close(): Promise<void>;
}

/**
 * @param name of the option or variable that gave the address
 * @throws Error naming it and the address, without its credentials
 */
export async function openDatabase(name: string, uri: string): Promise<NamedDatabase> {
  try {
    const client = new mongo.MongoClient(uri);
    await client.connect();
    return { db: client.db(databaseNameOf(uri)), close: () => client.close() };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${name} ${withoutCredentials(uri)}: ${message}`, { cause: error });
  }
}

/** The database of a Nuvem that has no MongoDB. */
export async function openEmbedded(dataDir: string): Promise<NamedDatabase> {
  const embedded = await startEmbeddedMongo({ dataDir });
  const database = await openDatabase('DATA_DIR', embedded.uriFor(DATABASE_NAME));
  return {
    db: database.db,
    async close() {
      await database.close();
      await embedded.close();
    },
  };
}

/** Options go, too: some are passwords. */
function withoutCredentials(uri: string): string {
  const query = uri.indexOf('?');
  const at = uri.lastIndexOf('@');
  // A password with a question mark, or an option with an at sign: nobody can tell.
  if (query !== -1 && at > query) return '(an address with credentials)';
  const [scheme = ''] = /^[a-z+]+:\/\//i.exec(uri) ?? [];
  const address = uri.slice(at === -1 ? scheme.length : at + 1, query === -1 ? undefined : query);
  return printable(scheme + address);
}
