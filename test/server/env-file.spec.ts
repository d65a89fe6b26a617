import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirectory } from '../support/nuvem-process.js';

jest.setTimeout(60_000);

let directory: DataDirectory;

beforeEach(async () => {
  directory = await DataDirectory.make();
});

afterEach(() => directory.remove());

it('reads .env where it is started, and variables that are set go before it', async () => {
  await writeFile(join(directory.path, '.env'), 'PORT=70000\nLOG_LEVEL=loud\nPUBLIC_URL=none\n');
  const refused = directory.start({ LOG_LEVEL: 'info' }, directory.path);
  expect(await refused.exitCode()).toBe(1);
  // PORT is given by the test.
  expect(refused.output).toMatch(/^Wrong settings:\n {2}PUBLIC_URL: .*\n$/);
});

it('starts with a copy of .env.example', async () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  await writeFile(join(directory.path, '.env'), example);
  expect(await directory.start({}, directory.path).url()).toMatch(/^http:/);
});

it('says so when .env cannot be read', async () => {
  await mkdir(join(directory.path, '.env'));
  const refused = directory.start({}, directory.path);
  expect(await refused.exitCode()).toBe(1);
  expect(refused.output).toMatch(/^\.env cannot be read: .*\n$/);
});
