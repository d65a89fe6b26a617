import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { readLicodeConfig } from '../../src/licode/licode-config.js';

// A policy that is not known is warned of.
Logger.overrideLogger(false);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nuvem-licode-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(lines: string): Promise<Record<string, string>> {
  const path = join(folder, 'licode_config.js');
  await writeFile(path, lines);
  return readLicodeConfig(path);
}

/** As Licode's installer writes it. */
const INSTALLED = `
var config = {};
config.rabbit = {};
config.rabbit.host = 'rabbit.example'; //default value: 'localhost'
config.rabbit.port = 5673; //default value: 5672
config.rabbit.heartbeat = 8;
config.logger = { configFile: './log4js_configuration.json' };
config.nuve = {};
config.nuve.dataBaseURL = 'localhost/nuvedb';
config.nuve.superserviceID = '5f00000000000000000000aa';
config.nuve.superserviceKey = '12345';
config.nuve.testErizoController = 'localhost:8080';
config.nuve.cloudHandlerPolicy = 'default_policy.js';
config.nuve.port = 3000;
config.erizoController = { stunServerUrl: undefined };
var module = module || {};
module.exports = config;
`;

describe('LICODE_CONFIG', () => {
  it('takes over what an installation has', async () => {
    await expect(read(INSTALLED)).resolves.toEqual({
      AMQP_URL: 'amqp://rabbit.example:5673?heartbeat=8',
      ASSIGNMENT_STRATEGY: 'first-available',
      MONGODB_URI: 'mongodb://localhost/nuvedb',
      PORT: '3000',
      SUPERSERVICE_ID: '5f00000000000000000000aa',
      SUPERSERVICE_KEY: '12345',
      TEST_ERIZO_CONTROLLER: 'localhost:8080',
      TOKEN_KEY: '12345',
    });
  });

  it.each([
    ["{ url: 'amqp://u:p@h:1/v' }", 'amqp://u:p@h:1/v'],
    ["{ url: 'amqps://h/v', heartbeat: 4 }", 'amqps://h/v?heartbeat=4'],
    ["{ host: 'h', login: 'u@x', password: 'p/w' }", 'amqp://u%40x:p%2Fw@h:5672'],
    ['{}', 'amqp://localhost:5672'],
  ])('reads rabbit = %s', async (rabbit, url) => {
    const { AMQP_URL } = await read(`module.exports = { rabbit: ${rabbit}, nuve: {} };`);
    expect(AMQP_URL).toBe(url);
  });

  it.each([
    ["dataBaseURL: 'db.example'", 'mongodb://db.example/nuvedb'],
    ["dataBaseURL: 'mongodb://a,b/x?replicaSet=r'", 'mongodb://a,b/x?replicaSet=r'],
    ["dataBaseURL: 'mongodb://a:1', dataBaseName: 'calls'", 'mongodb://a:1/calls'],
    ["dataBaseURL: 'a/nuvedb', dataBaseName: 'calls'", 'mongodb://a/calls'],
  ])('reads %s', async (nuve, uri) => {
    const { MONGODB_URI } = await read(`module.exports = { nuve: { ${nuve} } };`);
    expect(MONGODB_URI).toBe(uri);
  });

  it('leaves the strategy to Nuvem where a policy is the own work of an operator', async () => {
    const variables = await read("module.exports = { nuve: { cloudHandlerPolicy: 'mine.js' } };");
    expect(variables).toEqual({ AMQP_URL: 'amqp://localhost:5672' });
  });

  it('reads a file that only sets a global, and one that asks for the host name', async () => {
    await expect(read('var config = { nuve: { port: 1 } };')).resolves.toMatchObject({ PORT: '1' });
    const lines = "module.exports = { nuve: { port: require('os').hostname() ? 2 : 0 } };";
    await expect(read(lines)).resolves.toMatchObject({ PORT: '2' });
  });

  it.each([
    ['loops', 'for (;;);', 'timed out'],
    ['loops in a promise', 'Promise.resolve().then(() => { for (;;); });', 'too long'],
    ['is not JavaScript', 'var config = {', 'SyntaxError'],
    ['throws', "throw new Error('no')", 'Error: no'],
    ['exports no object', 'module.exports = 7', 'no object'],
    ['wants the file system', "require('fs')", 'not supported'],
  ])('ends with one clear error when the file %s', async (_, lines, reason) => {
    const clear = new RegExp(`^LICODE_CONFIG .*licode_config\\.js: .*${reason}`);
    await expect(read(lines)).rejects.toThrow(clear);
  });

  it('never evaluates the file in this process', async () => {
    await read(
      "globalThis.evaluatedHere = true; process.env.HOME = 'x'; module.exports = { a: 1 };",
    );
    expect('evaluatedHere' in globalThis).toBe(false);
  });

  it('names a file that is not there', async () => {
    await expect(readLicodeConfig(join(folder, 'none.js'))).rejects.toThrow('none.js');
  });
});
