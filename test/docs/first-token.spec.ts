import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeToken } from '../../src/tokens/token-string.js';
import type { Credentials } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { codeUnder } from './code-blocks.js';

// A compiler compiles its own library first.
jest.setTimeout(300_000);

const GUIDE = 'docs/guides/first-token.md';

let server: TestApp;
let node: FakeNode;
let tenant: Credentials;
let directory: string;

beforeAll(async () => {
  server = await startTestApp();
  node = await FakeNode.start(await server.createService('media', 'node'));
  node.keepBeating();
  const { credentials } = await server.createService('acme');
  if (!credentials) throw new Error('The service has no key');
  tenant = credentials;
  directory = await mkdtemp(join(tmpdir(), 'nuvem-first-token-'));
});

afterAll(async () => {
  await node.close();
  await server.close();
  await rm(directory, { recursive: true });
});

const LANGUAGES = [
  { name: 'JavaScript', language: 'js', file: 'first.mjs', command: ['node'] },
  { name: 'Python', language: 'python', file: 'first.py', command: ['python3'] },
  // No package of the others brings a compiler of Go along.
  ...(spawnSync('go', ['version']).status === 0
    ? [{ name: 'Go', language: 'go', file: 'first.go', command: ['go', 'run'] }]
    : []),
];

it.each(LANGUAGES)('$name makes a token by what the guide says', async (each) => {
  const { language, file, command } = each;
  await writeFile(join(directory, file), codeUnder(GUIDE, each.name, language));
  const [program = '', ...args] = command;
  const { serviceId: NUVEM_ID, key: NUVEM_KEY } = tenant;
  const env = { ...process.env, NUVEM_URL: server.url, NUVEM_ID, NUVEM_KEY };
  const child = spawn(program, [...args, file], { cwd: directory, env });
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  expect({ token: decodeToken(output.trim()), errors }).toEqual({
    token: expect.objectContaining({ host: '192.0.2.2:8080' }),
    errors: '',
  });
});
