import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { open } from 'lmdb';
import { inPairs } from '../support/pairs.mjs';

/** lmdb waits for the disk, as in the embedded server. */
const SYNCHRONOUS_COMMIT = 2;
const TOKEN_BYTES = 250;

/** Durable inserts through the driver and the embedded server, against lmdb alone in this process. */
export async function embeddedServer(bench, { uri, scratch }) {
  const client = await MongoClient.connect(uri);
  const collection = client.db().collection('bench');
  const store = open({
    path: join(scratch, 'lmdb'),
    noSubdir: false,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const payload = randomBytes(TOKEN_BYTES);
  const insert = (perCommand) =>
    timed(bench, perCommand, () =>
      collection.insertMany(Array.from({ length: perCommand }, () => ({ payload }))),
    );
  const put = (perCommit) =>
    timed(bench, perCommit, () =>
      store.transactionSync(() => {
        for (let i = 0; i < perCommit; i++) void store.put(randomBytes(12), payload);
      }, SYNCHRONOUS_COMMIT),
    );
  for (const together of [1, 100]) {
    await insert(together)();
    await put(together)();
    const result = await inPairs(bench.rounds, insert(together), put(together));
    const name = `embedded database, durable inserts, ${together} at a time`;
    bench.report({ name, unit: '/s', against: 'lmdb alone', ...result });
  }
  await client.close();
  await store.close();
}

/** Documents a second, one call after the other. */
function timed(bench, documents, write) {
  return async () => {
    const started = performance.now();
    let written = 0;
    while (performance.now() - started < bench.seconds * 1000) {
      await write();
      written += documents;
    }
    return written / ((performance.now() - started) / 1000);
  };
}
