// Starts the built application once on an empty data directory, as `npm start` does, and gets a token from it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [dataDir] = process.argv.slice(2);
const app = spawn(process.execPath, ['dist/main.js'], {
  env: {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: '0',
    DEMO: 'true',
    DEMO_PORT: '0',
    DEMO_CONTROLLER_PORT: '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const demo = await demoUrl();
  const response = await fetch(`${demo}/createToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', role: 'presenter', type: 'p2p' }),
  });
  const text = await response.text();
  const token = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  if (response.status !== 200 || !token.signature) throw new Error(`${response.status} ${text}`);
  console.log(`A token for ${token.host}`);
} finally {
  app.kill('SIGTERM');
  const [code] = await once(app, 'exit');
  if (code !== 0) process.exitCode = 1;
}

/** Reads the line in which the application says that it is ready. */
async function demoUrl() {
  for await (const line of createInterface({ input: app.stdout })) {
    const url = /demo on (\S+)/.exec(line)?.[1];
    if (url) return url.replace('localhost', '127.0.0.1');
  }
  throw new Error('The application ended before it was ready');
}
