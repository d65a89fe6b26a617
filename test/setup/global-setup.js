import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setUpTests } from '../../scripts/setup-test.mjs';

/** Sets up what the tests need, and starts the embedded MongoDB for all tests unless MONGODB_URI names a real one. */
export default async function globalSetup() {
  setUpTests();
  if (process.env.MONGODB_URI) {
    process.env.TEST_MONGODB_URI = process.env.MONGODB_URI;
    return;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'nuvem-test-'));
  const server = spawn(
    process.execPath,
    ['packages/embedded-mongo/dist/cli.js', '--port', '0', '--data', dataDir],
    // It ends with the channel, also when Jest is killed.
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  globalThis.embeddedMongo = { server, dataDir };
  process.env.TEST_MONGODB_URI = await readyUri(server);
}

function readyUri(server) {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The embedded MongoDB exited with ${code}`)));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const uri = /mongodb:\/\/\S+/.exec(line)?.[0];
      if (uri) resolve(uri);
    });
  });
}
