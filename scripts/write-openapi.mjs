// Writes openapi.json from the built application, on a database of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { startServer } from '../dist/server.js';

const dataDir = await mkdtemp(join(tmpdir(), 'nuvem-openapi-'));
const server = await startServer(
  { PORT: '0', DEMO: 'false', LOG_LEVEL: 'error', DATA_DIR: dataDir },
  (error) => {
    throw error;
  },
);
try {
  const document = await (await fetch(`${server.url}/openapi.json`)).json();
  const file = new URL('../openapi.json', import.meta.url);
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
} finally {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}
