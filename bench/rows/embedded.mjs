import { durableInserts } from '../../packages/embedded-mongo/bench/durable-inserts.mjs';
import { inPairs } from '../support/pairs.mjs';

/** The embedded database's own bench, as a row of this one. */
export async function embeddedServer(bench, { uri, scratch }) {
  const { contests, close } = await durableInserts({ uri, scratch, seconds: bench.seconds });
  for (const { name, server, lmdb } of contests) {
    await server();
    await lmdb();
    const result = await inPairs(bench.rounds, server, lmdb);
    bench.report({ name, unit: '/s', against: 'lmdb alone', ...result });
  }
  await close();
}
