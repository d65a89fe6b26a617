import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeToken } from '../../src/tokens/token-string.js';
import { FakeNode } from '../support/fake-node.js';
import { codeUnder } from './code-blocks.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

/** What macOS has under these names knows less than GNU's. */
const OF_MACOS = {
  date: `#!/bin/sh
case "$*" in *%3N*) echo 17000000003N ;; *) exec /bin/date "$@" ;; esac`,
  base64: `#!/bin/sh
case "$*" in *-w*) echo "base64: invalid option -- w" >&2; exit 64 ;; *) exec /usr/bin/base64 "$@" ;; esac`,
};

const AUTHENTICATION = 'docs/reference/authentication.md';

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

const SHELLS: [name: string, shell: string, args: string[], tools: string][] = [
  ['bash', 'bash', [], ''],
  ['dash', 'dash', [], ''],
  ['zsh', 'zsh', [], ''],
  ['an interactive zsh', 'zsh', ['-f', '-i', '-s'], ''],
  ["bash with macOS' tools", 'bash', [], 'macos'],
  ["zsh with macOS' tools", 'zsh', ['-f'], 'macos'],
];

/** What a shell writes when somebody types this. */
async function typed(
  script: string,
  [, shell, args, tools]: (typeof SHELLS)[number],
  settings: Record<string, string> = {},
): Promise<{ output: string; errors: string; code: unknown }> {
  const PATH = `${join(directory, tools)}:${process.env['PATH']}`;
  const env = { PATH, HOME: directory, NUVEM_URL: server.url, ...settings };
  const child = spawn(shell, args, { cwd: directory, env });
  child.stdin.end(script);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { output, errors, code };
}

it.each(SHELLS)('%s makes a token of a tenant by what the README says', async (...shell) => {
  const script = codeUnder('README.md', 'A room and a token', 'sh');
  const { output, errors, code } = await typed(script, shell);
  const [, token = ''] = output.trim().split('#token=');
  expect({ code, token: decodeToken(token), errors: token ? '' : errors }).toEqual({
    code: 0,
    token: expect.objectContaining({ host: '192.0.2.2:8080' }),
    errors: '',
  });
});

it.each(SHELLS)('%s signs in by Basic and by RFC 9421', async (...shell) => {
  const { credentials } = await server.createService('tenant');
  const script = [
    codeUnder(AUTHENTICATION, 'Signatures', 'sh'),
    `nuvem POST /v1/rooms '{"name":"zoë % \\\\ $HOME"}'`,
    'echo',
    "nuvem GET '/v1/rooms?limit=1&name=zo%C3%AB%20%25%20%5C%20$HOME'",
    'echo',
    codeUnder(AUTHENTICATION, 'Basic', 'sh'),
    'echo',
    '',
  ].join('\n');
  const { output } = await typed(script, shell, {
    NUVEM_ID: credentials?.serviceId ?? '',
    NUVEM_KEY: credentials?.key ?? '',
  });
  const answers = output.split('\n').filter((line) => line.startsWith('{'));
  const room = expect.objectContaining({ name: 'zoë % \\ $HOME' }) as unknown;
  const page = expect.objectContaining({ items: [room] }) as unknown;
  expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual([room, page, page]);
});

const PEOPLE = 'docs/guides/rooms-and-people.md';
const CHAPTERS = [
  'Rooms that end, people who are kept out',
  'A room with a life',
  'Tokens',
  'Who is in, and who was',
  'Out, and kept out',
];

it('bash does what the guide of rooms and people says', async () => {
  const { credentials } = await server.createTenant('organizer');
  const script = CHAPTERS.map((chapter) => codeUnder(PEOPLE, chapter, 'sh')).join('\n');
  const { output, errors, code } = await typed(script, ['bash', 'bash', [], ''], {
    NUVEM_ID: credentials?.serviceId ?? '',
    NUVEM_KEY: credentials?.key ?? '',
  });
  const refused = output
    .split('\n')
    .filter((line) => line.includes('/docs/errors#'))
    .map((line) => (JSON.parse(line) as { code: string }).code);
  expect({ errors, code, refused }).toEqual({ errors: '', code: 0, refused: [] });
});
