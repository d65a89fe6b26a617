import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

describe('the npm scripts', () => {
  let directory: string;
  let npm: ChildProcess;
  let output = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nuvem-npm-'));
    output = '';
  });
  afterEach(async () => {
    // Whatever npm left behind is of its process group.
    if (npm.pid !== undefined) {
      try {
        process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    }
    await rm(directory, { recursive: true, force: true });
  });

  /** Without the scripts before it, which build again what other tests are using. */
  async function run(script: readonly string[], ready: RegExp, settings = {}): Promise<string> {
    npm = spawn('npm', script, {
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        npm_config_update_notifier: 'false',
        DATA_DIR: directory,
        ...settings,
      },
      detached: true,
    });
    return new Promise((resolve, reject) => {
      const look = (chunk: Buffer): void => {
        output += chunk.toString();
        const found = ready.exec(output);
        if (found) resolve(found[1] as string);
      };
      npm.stdout?.on('data', look);
      npm.stderr?.on('data', look);
      npm.on('close', () => reject(new Error(`It ended:\n${output}`)));
    });
  }

  /** SIGTERM to npm alone, as a supervisor sends it; resolves once nobody holds npm's output any more. */
  async function terminate(): Promise<void> {
    const closed = once(npm, 'close');
    npm.kill('SIGTERM');
    await closed;
  }

  async function isListening(port: number): Promise<boolean> {
    const socket = connect({ host: '127.0.0.1', port });
    const listening = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return listening;
  }

  it('start passes SIGTERM on: the process ends and its port is free', async () => {
    const settings = { PORT: '0', DEMO: 'false' };
    const url = await run(['start', '--ignore-scripts'], /the API on (http:\/\/\S+)/, settings);
    const port = Number(new URL(url).port);
    expect(await isListening(port)).toBe(true);
    await terminate();

    expect(await isListening(port)).toBe(false);
  });

  it('mongo passes SIGTERM on, and keeps its data where DATA_DIR says', async () => {
    const address = await run(
      ['run', 'mongo', '--ignore-scripts', '--', '--port', '0'],
      /ready at mongodb:\/\/(\S+)/,
    );
    const port = Number(address.split(':')[1]);
    expect(await isListening(port)).toBe(true);
    expect(existsSync(join(directory, 'mongo', 'data.mdb'))).toBe(true);
    await terminate();

    expect(await isListening(port)).toBe(false);
  });
});
