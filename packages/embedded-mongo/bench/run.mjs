// npm run bench: ratios of one run, since both sides share a machine and its noise.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedMongo } from '@nuvem/embedded-mongo';
import { durableInserts } from './durable-inserts.mjs';

const ROUNDS = 15;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const scratch = await mkdtemp(join(tmpdir(), 'embedded-mongo-bench-'));
const server = await startEmbeddedMongo({ dataDir: join(scratch, 'server'), port: 0 });
try {
  const uri = server.uriFor('bench');
  const { contests, close } = await durableInserts({ uri, scratch, seconds: 0.8 });
  for (const contest of contests) {
    await contest.server();
    await contest.lmdb();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push([await contest.server(), await contest.lmdb()]);
    }
    const [ours, theirs] = [0, 1].map((side) => Math.round(median(rounds.map((r) => r[side]))));
    const ratio = median(rounds.map(([a, b]) => a / b)).toFixed(2);
    console.log(`${contest.name}: ${ours}/s against ${theirs}/s (lmdb alone): ${ratio}`);
  }
  await close();
} finally {
  await server.close();
  await rm(scratch, { recursive: true, force: true });
}
