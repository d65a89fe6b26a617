import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Types } from 'mongoose';
import { makeNode } from '../../../test/erizo-controllers/fakes.js';
import { loadStrategy } from './load-strategy.js';
import { RegionStrategy } from './region.strategy.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nuvem-strategy-'));
});

afterAll(() => rm(directory, { recursive: true }));

async function moduleOf(source: string, name = `${Math.random()}.mjs`): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, source);
  return path;
}

describe('loadStrategy', () => {
  it('makes a built-in strategy', async () => {
    expect(await loadStrategy('region')).toBeInstanceOf(RegionStrategy);
  });

  it('makes one of a module whose default export is a class', async () => {
    const path = await moduleOf('export default class Mine { select() {} }');
    expect((await loadStrategy(path)).constructor.name).toBe('Mine');
  });

  it('takes an object that a module exports, named by a file URL', async () => {
    const path = await moduleOf('export default { name: "mine", select() {} };');
    expect(await loadStrategy(pathToFileURL(path).href)).toMatchObject({ name: 'mine' });
  });

  it('takes a policy of Licode as it is', async () => {
    const path = join(directory, 'mine.js');
    await writeFile(
      path,
      `'use strict';
      const { hostname } = require('os');
      exports.getErizoController = (room, ecQueue) => ecQueue[hostname().length % 1];`,
    );
    const strategy = await loadStrategy(path);
    const candidates = [{ ...makeNode(), load: 0 }];
    const room = { _id: new Types.ObjectId(), service: new Types.ObjectId(), name: 'room' };
    expect(strategy.select(room, candidates, { dryRun: false })).toBe(candidates[0]);
  });

  it.each([
    ['a name that is none', 'leest-loaded', /there is no "leest-loaded"; take first-available, /],
    ['a module that is not there', './nowhere.js', /nowhere\.js cannot be loaded: /],
  ])('refuses %s', async (_, name, message) => {
    await expect(loadStrategy(name)).rejects.toThrow(message);
  });

  it.each([
    ['has no default export', 'export const select = 1;', /is no class or object with a select/],
    ['exports a class without select', 'export default class {}', /is no class or object/],
    ['throws', 'throw new Error("broken");', /cannot be loaded: broken/],
    [
      'has a class that cannot be made',
      'export default class { constructor() { throw new Error("no"); } }',
      /cannot be loaded: no/,
    ],
  ])('refuses a module that %s', async (_, source, message) => {
    const path = await moduleOf(source);
    await expect(loadStrategy(path)).rejects.toThrow(/ASSIGNMENT_STRATEGY: /);
    await expect(loadStrategy(path)).rejects.toThrow(message);
  });
});
