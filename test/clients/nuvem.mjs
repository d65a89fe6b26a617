import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PARTICIPANTS } from './job.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Calls a function while the built application runs on data of its own, with the variables that the pages speak of.
 *
 * @throws what the function throws, or that the application ended before the function did
 */
export async function withNuvem(use) {
  const directory = await mkdtemp(join(tmpdir(), 'nuvem-clients-'));
  const control = createServer((_request, response) => response.end(JSON.stringify(PARTICIPANTS)));
  const settings = {
    PATH: process.env.PATH,
    CONTROL_URL_ALLOW_SUBNETS: '127.0.0.0/8',
    DATA_DIR: directory,
    DEMO: 'false',
    LOG_LEVEL: 'warn',
    PORT: '0',
  };
  const stdio = ['ignore', 'pipe', 'inherit'];
  const app = spawn(process.execPath, [MAIN], { cwd: directory, env: settings, stdio });
  const ended = once(app, 'exit');
  try {
    await once(control.listen(0, '127.0.0.1'), 'listening');
    const NUVEM_URL = await urlOf(app);
    const secrets = JSON.parse(await readFile(join(directory, 'secrets.json'), 'utf8'));
    return await use({
      NUVEM_URL,
      NUVEM_ID: secrets.superserviceId,
      NUVEM_KEY: secrets.superserviceKey,
      CONTROL_URL: `http://127.0.0.1:${control.address().port}`,
    });
  } catch (error) {
    const how = app.signalCode ?? app.exitCode;
    throw how === null
      ? error
      : new Error(`the application ended early (${how})`, { cause: error });
  } finally {
    app.kill('SIGTERM');
    await ended;
    control.close();
    await rm(directory, { recursive: true });
  }
}

/** Reads the line in which the application says that it is ready. */
async function urlOf(app) {
  for await (const line of createInterface({ input: app.stdout })) {
    const url = /the API on (http:\/\/\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the application ended before it was ready');
}
