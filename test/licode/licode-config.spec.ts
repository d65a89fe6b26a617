import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { mongo } from 'mongoose';
import { readLicodeConfig } from '../../src/licode/licode-config.js';

const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

afterEach(() => {
  warned.mockClear();
});

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

  it.each([
    // As Nuve authenticates: against the path's database, and admin without one.
    ["dataBaseURL: 'u:p@h/nuvedb'", 'nuvedb', 'nuvedb'],
    ["dataBaseURL: 'u:p@h/calls'", 'calls', 'calls'],
    ["dataBaseURL: 'u:p@h'", 'nuvedb', 'admin'],
    ["dataBaseURL: 'mongodb://u:p@h:27017'", 'nuvedb', 'admin'],
    ["dataBaseURL: 'mongodb://u:p@h/admin'", 'nuvedb', 'admin'],
    ["dataBaseURL: 'mongodb://u:p@h/admin', dataBaseName: 'calls'", 'calls', 'admin'],
    ["dataBaseURL: 'mongodb://u:p@h/users', dataBaseName: 'calls'", 'calls', 'users'],
    ["dataBaseURL: 'mongodb://u:p@h/?tls=true', dataBaseName: 'calls'", 'calls', 'admin'],
    ["dataBaseURL: 'mongodb://u:p@h/x?authsource=y', dataBaseName: 'z'", 'z', 'y'],
    ["dataBaseURL: 'mongodb://u@h/?authMechanism=MONGODB-X509&tls=true'", 'nuvedb', '$external'],
  ])('signs in to the database with the users when it reads %s', async (nuve, database, source) => {
    const { MONGODB_URI = '' } = await read(`module.exports = { nuve: { ${nuve} } };`);
    const { options } = new mongo.MongoClient(MONGODB_URI);
    expect(options.dbName).toBe(database);
    expect(options.credentials?.source).toBe(source);
  });

  it.each([
    ['{ nuve: {} }', 'mongodb://localhost/nuvedb'],
    ['{ rabbit: {} }', 'mongodb://localhost/nuvedb'],
    ["{ nuve: { dataBaseName: 'calls' } }", 'mongodb://localhost/calls'],
    ["{ nuve: { dataBaseURL: 'calls' } }", 'mongodb://localhost/calls'],
  ])("takes Nuve's default where %s says no address", async (config, uri) => {
    const { MONGODB_URI } = await read(`module.exports = ${config};`);
    expect(MONGODB_URI).toBe(uri);
  });

  it('leaves the strategy to Nuvem where a policy is the own work of an operator, and says how it is used', async () => {
    const variables = await read("module.exports = { nuve: { cloudHandlerPolicy: 'mine.js' } };");
    expect(variables).not.toHaveProperty('ASSIGNMENT_STRATEGY');
    expect(warned).toHaveBeenCalledTimes(1);
    const path = join(folder, 'nuve/nuveAPI/ch_policies/mine.js');
    expect(warned.mock.lastCall?.[0]).toMatch(
      new RegExp(`ASSIGNMENT_STRATEGY names its file, ${path}; .* by least-loaded$`),
    );
  });

  it('warns of no policy whose place a variable takes', async () => {
    const path = join(folder, 'licode_config.js');
    await writeFile(path, "module.exports = { nuve: { cloudHandlerPolicy: 'mine' } };");
    await readLicodeConfig(path, { ASSIGNMENT_STRATEGY: 'random' });
    expect(warned).not.toHaveBeenCalled();
  });

  it('gives the file what a module of Node has', async () => {
    const variables = await read(`
      const { join } = require('path');
      exports.nuve = { superserviceKey: join(__dirname, require('fs').readFileSync(__filename).length > 9 ? 'a' : 'b') };
    `);
    expect(variables['SUPERSERVICE_KEY']).toBe(join(folder, 'a'));
  });

  it('shows the file no variable of the environment, and says which it asked for', async () => {
    process.env['SECRET_OF_THE_SERVER'] = 'secret';
    const lines = `
      const own = console.log.constructor('return process')();
      exports.nuve = {
        superserviceKey: process.env.SECRET_OF_THE_SERVER || 'unset',
        dataBaseName: Object.keys(own.env).join() || 'none',
      };
    `;
    const { SUPERSERVICE_KEY, MONGODB_URI } = await read(lines).finally(
      () => delete process.env['SECRET_OF_THE_SERVER'],
    );
    expect(SUPERSERVICE_KEY).toBe('unset');
    expect(MONGODB_URI).toBe('mongodb://localhost/none');
    expect(warned.mock.lastCall?.[0]).toContain('shown none: SECRET_OF_THE_SERVER.');
  });

  it.each([
    ['the environment of the server', `/proc/${process.pid}/environ`],
    ['the secrets beside it', "' + __dirname + '/secrets.json"],
    ['a module beside it', './other.js', 'require'],
    ['a program', 'id', "require('child_process').execSync"],
    ['a thread', './other.js', "new (require('worker_threads').Worker)"],
  ])('lets the file have nothing of %s', async (_, what, how = "require('fs').readFileSync") => {
    await writeFile(join(folder, 'secrets.json'), '{}');
    await writeFile(join(folder, 'other.js'), '');
    await expect(read(`exports.nuve = { port: String(${how}('${what}')) };`)).rejects.toThrow(
      /licode_config\.js: Error: .* is not supported: the file may read itself/,
    );
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
