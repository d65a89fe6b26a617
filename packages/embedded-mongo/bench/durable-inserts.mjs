import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { open } from 'lmdb';

/** lmdb waits for the disk, as in the server. */
const SYNCHRONOUS_COMMIT = 2;
const DOCUMENT_BYTES = 250;

/**
 * Durable inserts through the driver and the server at `uri`, against lmdb alone in this process.
 *
 * @returns contests, of which `server` and `lmdb` each run for so many seconds and give documents a second
 */
export async function durableInserts({ uri, scratch, seconds }) {
  const client = await MongoClient.connect(uri);
  const collection = client.db('bench').collection('inserts');
  const store = open({
    path: join(scratch, 'lmdb'),
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const payload = randomBytes(DOCUMENT_BYTES);
  const insert = (together) =>
    timed(seconds, together, () =>
      collection.insertMany(Array.from({ length: together }, () => ({ payload }))),
    );
  const put = (together) =>
    timed(seconds, together, () =>
      store.transactionSync(() => {
        for (let i = 0; i < together; i++) void store.put(randomBytes(12), payload);
      }, SYNCHRONOUS_COMMIT),
    );
  const contests = [1, 100].map((together) => ({
    name: `embedded database, durable inserts, ${together} at a time`,
    server: insert(together),
    lmdb: put(together),
  }));
  const close = async () => {
    await client.close();
    await store.close();
  };
  return { contests, close };
}

/** Documents a second, one call after the other. */
function timed(seconds, documents, write) {
  return async () => {
    const started = performance.now();
    let written = 0;
    while (performance.now() - started < seconds * 1000) {
      await write();
      written += documents;
    }
    return written / ((performance.now() - started) / 1000);
  };
}
