import 'reflect-metadata';
import { startServer } from './server.js';

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

try {
  const server = await startServer(process.env, fail);
  const demo = server.demoUrl ? `, the demo on ${server.demoUrl}` : '';
  process.stdout.write(`Nuvem is ready: the API on ${server.url} (try it on /docs)${demo}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0), fail));
  }
} catch (error) {
  fail(error);
}
