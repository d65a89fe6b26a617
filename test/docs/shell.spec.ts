import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeToken } from '../../src/tokens/token-string.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

/** What macOS has under these names knows less than GNU's. */
const OF_MACOS = {
  date: `#!/bin/sh
case "$*" in *%3N*) echo 17000000003N ;; *) exec /bin/date "$@" ;; esac`,
  base64: `#!/bin/sh
case "$*" in *-w*) echo "base64: invalid option -- w" >&2; exit 64 ;; *) exec /usr/bin/base64 "$@" ;; esac`,
};

let server: TestApp;
let node: FakeNode;
let directory: string;

beforeAll(async () => {
  server = await startTestApp();
  node = await FakeNode.start(await server.createService('media', 'node'));
  node.keepBeating();
  directory = await mkdtemp(join(tmpdir(), 'nuvem-shell-'));
  await mkdir(join(directory, 'data'));
  const { serviceId: superserviceId, key: superserviceKey } = SUPERSERVICE;
  const secrets = JSON.stringify({ superserviceId, superserviceKey, tokenKey: TOKEN_KEY });
  await writeFile(join(directory, 'data', 'secrets.json'), secrets);
  await mkdir(join(directory, 'macos'));
  for (const [name, script] of Object.entries(OF_MACOS)) {
    await writeFile(join(directory, 'macos', name), script);
    await chmod(join(directory, 'macos', name), 0o755);
  }
});

afterAll(async () => {
  await node.close();
  await server.close();
  await rm(directory, { recursive: true });
});

/** The blocks of shell commands under a heading of a page. */
function commands(page: string, heading: string): string {
  const markdown = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const section = markdown.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block).join('');
}

it.each([
  ['bash', 'bash', [], ''],
  ['dash', 'dash', [], ''],
  ['zsh', 'zsh', [], ''],
  ['an interactive zsh', 'zsh', ['-f', '-i', '-s'], ''],
  ["bash with macOS' tools", 'bash', [], 'macos'],
  ["zsh with macOS' tools", 'zsh', ['-f'], 'macos'],
])('%s makes a token of a tenant by what the README says', async (_, shell, args, tools) => {
  const PATH = `${join(directory, tools)}:${process.env['PATH']}`;
  const env = { PATH, HOME: directory, NUVEM_URL: server.url };
  const child = spawn(shell, args, { cwd: directory, env });
  const script =
    commands('docs/reference/authentication.md', 'Authentication') +
    commands('README.md', 'A room and a token');
  child.stdin.end(script);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const token = output.trim().split('\n').at(-1) ?? '';
  expect({ code, token: decodeToken(token), errors: token ? '' : errors }).toEqual({
    code: 0,
    token: expect.objectContaining({ host: '192.0.2.2:8080' }),
    errors: '',
  });
});
