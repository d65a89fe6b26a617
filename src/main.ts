import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { readEnvFile } from './config/env-file.js';
import type { Server } from './server.js';

// When many requests are in flight at once, V8 learns that what a request allocates lives long, and from then on
// allocates it where only a full collection looks, with all that it refers to: a quarter of the throughput, for good.
setFlagsFromString('--no-allocation-site-pretenuring');

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

let server: Server | undefined;
// Before all else: a process with the id 1, as in a container, ignores the signals that it does not listen for.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // Whatever it waits for: nothing was promised to anybody before it is ready.
    if (!server) process.exit(0);
    void server.close().then(() => process.exit(0), fail);
  });
}

try {
  readEnvFile();
  // Only now, since it is most of the code there is.
  const { startServer } = await import('./server.js');
  server = await startServer(process.env, fail);
  // From now on a full collection when the heap is half as large again as the last one left it. Left to itself V8 waits until
  // it is two to three times as large, for no speed that could be measured.
  setFlagsFromString('--heap-growing-percent=50');
  const demo = server.demoUrl ? `, the demo on ${server.demoUrl}` : '';
  process.stdout.write(
    `Nuvem is ready: the API on ${server.publicUrl} (/docs to try it, /console to look after it)${demo}\n`,
  );
} catch (error) {
  fail(error);
}
