import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { temporaryDirectory } from './support/server.js';

const MODULE = join(import.meta.dirname, '../dist/index.js');

/** An application in miniature: the server runs in a thread of it, as in the real one. */
const APPLICATION = `
  import { startEmbeddedMongo } from ${JSON.stringify(pathToFileURL(MODULE).href)};
  const options = JSON.parse(process.argv[2]);
  const tell = (message) => console.log(JSON.stringify(message));
  try {
    let server = await startEmbeddedMongo(options);
    tell({ uri: server.uri, forNuvem: server.uriFor('nuvem') });
    if (options.reopen) {
      const second = await startEmbeddedMongo(options).then(() => 'started', (error) => error.message);
      await server.close();
      server = await startEmbeddedMongo(options);
      tell({ second, uri: server.uri });
    }
    process.stdin.on('data', () => server.close());
    await server.ended;
    tell({ closed: true });
    process.exit(0);
  } catch (error) {
    tell({ error: error.message });
    process.exit(1);
  }
`;

interface Told {
  uri: string;
  forNuvem: string;
  second: string;
  error: string;
  closed: boolean;
}

describe('startEmbeddedMongo', () => {
  const directories: string[] = [];
  const applications: ChildProcess[] = [];

  afterEach(() => {
    for (const application of applications.splice(0)) application.kill('SIGKILL');
    for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true });
  });

  function directory(): string {
    const made = temporaryDirectory();
    directories.push(made);
    return made;
  }

  function start(options: object): { told: () => Promise<Told>; close: () => void } {
    const program = join(directory(), 'application.mjs');
    writeFileSync(program, APPLICATION);
    const application = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    applications.push(application);
    const lines = createInterface({ input: application.stdout })[Symbol.asyncIterator]();
    const told = async () => JSON.parse(String((await lines.next()).value)) as Told;
    return { told, close: () => application.stdin.write('close') };
  }

  async function ping(uri: string): Promise<unknown> {
    const client = await MongoClient.connect(uri);
    const { ok } = await client.db().command({ ping: 1 });
    await client.close();
    return ok;
  }

  it('listens on a socket in the data directory that its owner alone may use', async () => {
    const dataDir = directory();
    const { uri, forNuvem } = await start({ dataDir }).told();
    const socket = join(dataDir, 'mongo.sock');

    expect(uri).toBe(`mongodb://${encodeURIComponent(socket)}`);
    expect(forNuvem).toBe(`${uri}/nuvem?directConnection=true`);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(await ping(forNuvem)).toBe(1);
  });

  it('puts the socket elsewhere when its path would be too long for the system', async () => {
    const application = start({ dataDir: join(directory(), 'deep'.repeat(40)) });
    const { uri, forNuvem } = await application.told();
    const folder = dirname(decodeURIComponent(uri.replace('mongodb://', '')));

    expect(Buffer.byteLength(folder)).toBeLessThan(90);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await ping(forNuvem)).toBe(1);
    application.close();
    expect(await application.told()).toEqual({ closed: true });
    expect(existsSync(folder)).toBe(false);
  });

  it('listens on TCP when given a port', async () => {
    const { uri, forNuvem } = await start({ dataDir: directory(), port: 0 }).told();

    expect(uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+$/);
    expect(await ping(forNuvem)).toBe(1);
  });

  it('starts again on the same directory once it is closed, and not before', async () => {
    const application = start({ dataDir: directory(), reopen: true });
    await application.told();
    const { second, uri } = await application.told();

    expect(second).toContain('is in use by another process');
    expect(await ping(`${uri}/nuvem?directConnection=true`)).toBe(1);
  });

  it('says why it cannot start', async () => {
    const { error } = await start({ dataDir: join(process.execPath, 'data') }).told();

    expect(error).toMatch(/ENOTDIR|EEXIST/);
  });
});
