import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeUnder } from '../docs/code-blocks.js';
import type { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createWebhook, happen, type Webhook } from './support/webhook-app.js';

const PAGE = 'docs/guides/webhooks.md';

let server: TestApp;
let directory: string;

beforeAll(async () => {
  server = await startTestApp();
  directory = await mkdtemp(join(tmpdir(), 'nuvem-receivers-'));
  await symlink(resolve('node_modules'), join(directory, 'node_modules'));
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** A program of the page, run. */
class Program {
  private output = '';
  private look = (): void => undefined;

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.look();
      });
    }
    child.on('close', () => this.look());
  }

  /** Waits until it has written this. @throws when it ends before */
  wrote(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.look = () => {
        const match = pattern.exec(this.output);
        if (match) resolve(match);
        else if (this.child.exitCode !== null) reject(new Error(`It ended:\n${this.output}`));
      };
      this.look();
    });
  }

  get text(): string {
    return this.output;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/** Runs it with that secret, and says where it listens. */
async function run(
  [command, file]: readonly [string, string],
  secret: string,
): Promise<{ program: Program; url: string }> {
  const env = { PATH: process.env['PATH'], WEBHOOK_SECRET: secret, PORT: '0' };
  const program = new Program(spawn(command, [file], { cwd: directory, env }));
  const [, port] = await program.wrote(/listening (\d+)/);
  return { program, url: `http://127.0.0.1:${port}/nuvem-events` };
}

async function pointTo(tenant: ApiClient, { id }: Webhook, url: string): Promise<void> {
  const { status } = await tenant.patch(`/v1/webhooks/${id}`, { url, enabled: true });
  expect(status).toBe(200);
}

it('there is a python3 to run what the page shows', () => {
  const { error, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (error) throw new Error('The receiver in Python needs python3 on the PATH', { cause: error });
  expect(stdout).toMatch(/^Python 3\.(9|\d\d)/);
});

describe.each([
  ['JavaScript', 'js', process.execPath, 'mjs'],
  ['JavaScript without a package', 'js', process.execPath, 'mjs'],
  ['Python', 'python', 'python3', 'py'],
])('the receiver in %s', (heading, language, command, extension) => {
  it('takes events that are signed with its secret, each once, and no other', async () => {
    const file = `${heading.replaceAll(' ', '-')}.${extension}`;
    await writeFile(join(directory, file), codeUnder(PAGE, heading, language));
    const tenant = await server.createTenant(heading);
    const webhook = await createWebhook(tenant, 'https://example.com', { enabled: false });
    const { program, url } = await run([command, file], webhook.secret);
    await pointTo(tenant, webhook, url);
    const eventId = await happen(server, tenant, { type: 'room.created', data: { a: '✓ä' } });
    await program.wrote(new RegExp(`room\\.created ${eventId}`));

    // While the secret is being replaced it takes what is signed with both.
    await tenant.post(`/v1/webhooks/${webhook.id}/rotate-secret`);
    const test = await tenant.post(`/v1/webhooks/${webhook.id}/test`);
    expect(test.json).toMatchObject({ delivered: true, status: 204 });
    await program.wrote(/webhook\.test evt_/);
    const written = program.text;
    await tenant.post(`/v1/webhooks/${webhook.id}/recover`, { after: '0' });

    await tenant.post(`/v1/webhooks/${webhook.id}/rotate-secret`, { overlapSeconds: 0 });
    const others = await createWebhook(tenant, url);
    const refused = await tenant.post(`/v1/webhooks/${others.id}/test`);
    expect(refused.json).toMatchObject({ delivered: false, status: 401 });
    const old = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'x',
    };
    for (const headers of [{}, old]) {
      const { status } = await fetch(url, { method: 'POST', body: '{"id":"evt_1"}', headers });
      expect(status).toBe(401);
    }
    expect(program.text).toBe(written);
    program.kill();
  });
});
