import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as inspector from 'node:inspector';
import { cpus, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { mongo } from 'mongoose';
import { readLicodeConfig } from '../../src/config/licode/licode-config.js';

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

const LONG_SEARCH = 'new Array(2 ** 32 - 1).indexOf(1)';
const TAKES_MEMORY = `
  const kept = [];
  for (let n = 0; n < 200; n++) kept.push(new Uint8Array(2 ** 26).fill(1));
`;
const AGAIN = 'function again() { Promise.resolve().then(again); }';

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

  it('takes over the roles', async () => {
    const roles = { presenter: { publish: true }, listener: { subscribe: { audio: true } } };
    const lines = INSTALLED.replace('stunServerUrl: undefined', `roles: ${JSON.stringify(roles)}`);
    const variables = await read(lines);
    expect(JSON.parse(variables['TOKEN_ROLES'] ?? '')).toEqual(roles);
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
      const { basename, join, sep } = require('path');
      const key = basename(__filename) === 'licode_config.js' && sep === '/' && this === exports;
      exports.nuve = {
        superserviceKey: join(__dirname, key ? 'a' : 'b'),
        dataBaseName: require('node:os').hostname().replace(/[^\\w]/g, '-'),
        port: require('os').cpus().length,
        testErizoController: global.process.platform + require('os').EOL.length,
      };
      console.log(exports);
    `);
    expect(variables).toMatchObject({
      SUPERSERVICE_KEY: join(folder, 'a'),
      MONGODB_URI: `mongodb://localhost/${hostname().replace(/[^\w]/g, '-')}`,
      PORT: String(cpus().length),
      TEST_ERIZO_CONTROLLER: `${process.platform}1`,
    });
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
    ['the environment of the server', `require('fs').readFileSync('/proc/${process.pid}/environ')`],
    ['the secrets beside it', "require('node:fs').readFileSync(__dirname + '/secrets.json')"],
    ['a module beside it', "require('./other.js')"],
    ['a program', "require('child_process').execSync('id')"],
    ['a thread', "new (require('worker_threads').Worker)('./other.js')"],
    ['the network', "require('net').connect(22)"],
  ])('lets the file have nothing of %s', async (_, what) => {
    await writeFile(join(folder, 'secrets.json'), '{}');
    await writeFile(join(folder, 'other.js'), '');
    await expect(read(`exports.nuve = { port: String(${what}) };`)).rejects.toThrow(
      /licode_config\.js: Error: .* is not available when the file is read by Nuvem/,
    );
  });

  it.each([
    'process._debugProcess(process.ppid)',
    'process.kill(process.ppid, "SIGUSR1")',
    'process.binding("tcp_wrap")',
    'fetch("http://127.0.0.1:9")',
    '(async () => import("node:fs"))().then((fs) => { fs.writeFileSync(__dirname + "/written", ""); })',
  ])('lets the file do nothing to the server: %s', async (deed) => {
    const lines = `exports.nuve = { port: 1 }; try { exports.nuve.port = String(${deed}); } catch (error) {}`;
    const { PORT } = await read(lines);
    // SIGUSR1 opens the inspector of a process of Node.
    for (let time = 0; time < 20; time++) await new Promise(setImmediate);
    expect(['1', '[object Promise]']).toContain(PORT);
    expect(inspector.url()).toBeUndefined();
    await expect(access(join(folder, 'written'))).rejects.toThrow('ENOENT');
  });

  it('reads a file that only sets a global, and one that asks for the host name', async () => {
    await expect(read('var config = { nuve: { port: 1 } };')).resolves.toMatchObject({ PORT: '1' });
    const lines = "module.exports = { nuve: { port: require('os').hostname() ? 2 : 0 } };";
    await expect(read(lines)).resolves.toMatchObject({ PORT: '2' });
  });

  it.each([
    ['loops', 'for (;;);', 'timed out'],
    ['loops in a promise', 'Promise.resolve().then(() => { for (;;); });', 'too long'],
    ['loops where nothing can stop it but the end of its thread', LONG_SEARCH, 'timed out'],
    ['takes memory', TAKES_MEMORY, 'out of memory'],
    ['takes memory without using it', TAKES_MEMORY.replace('.fill(1)', ''), 'out of memory'],
    ['calls itself for ever', '(function deep() { return deep() + 1; })()', 'overflow'],
    ['nests for ever', "new Function('('.repeat(5e6))", 'cannot be evaluated'],
    ['makes a promise of a promise for ever', `(${AGAIN})()`, 'timed out'],
    ['exports too much', "exports.x = 'x'.repeat(3e6)", 'too much'],
    ['is not JavaScript', 'var config = {', 'SyntaxError'],
    ['throws', "throw new Error('no')", 'Error: no'],
    ['exports no object', 'module.exports = 7', 'no object'],
  ])('ends with one clear error when the file %s', async (_, lines, reason) => {
    const clear = new RegExp(`^LICODE_CONFIG .*licode_config\\.js: .*${reason}`);
    await expect(read(lines)).rejects.toThrow(clear);
  });

  it.each([
    ['in an error', String.raw`throw new Error('\x1b]0;title\x07\x9b2J\r\u202egone')`],
    ['in an error that is none', String.raw`throw '\x1b]0;title\x07\x9b2J\r\u202egone'`],
    ['in an error of a module', String.raw`require('\x1b]0;title\x07\x9b2J\r\u202egone')`],
    ['in an address', String.raw`exports.rabbit = { url: '\x1b]0;title\x07\x9b2J\r\u202egone' }`],
  ])('escapes what steers a terminal %s', async (_, lines) => {
    const { message } = await read(lines).then(
      () => new Error('none'),
      (error: Error) => error,
    );
    expect(message).toMatch(/^LICODE_CONFIG .*licode_config\.js: /);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('bounds what it says, and escapes what steers a terminal in warnings', async () => {
    await expect(read("throw new Error('x'.repeat(1e6))")).rejects.toThrow(/^.{1,600}$/);
    await read(String.raw`
      for (let n = 0; n < 1e4; n++) process.env['\x1b[2J' + 'x'.repeat(50) + n];
      exports.nuve = { cloudHandlerPolicy: '\x1b[2J' + 'x'.repeat(200) };
    `);
    expect(warned).toHaveBeenCalledTimes(2);
    for (const [warning] of warned.mock.calls) {
      expect(warning).not.toMatch(/\p{Cc}/u);
      expect(String(warning).length).toBeLessThan(2_500);
    }
  });

  it('answers others meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 100);
    await expect(read('for (;;);')).rejects.toThrow('timed out');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
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
