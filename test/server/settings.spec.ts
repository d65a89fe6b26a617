import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startEmbeddedMongo } from '@nuvem/embedded-mongo';
import { MongoClient } from 'mongodb';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freshDatabaseUri } from '../support/database.js';
import { DataDirectory } from '../support/nuvem-process.js';
import { SilentServer } from '../support/network/silent-server.js';
import { TcpProxy } from '../support/network/tcp-proxy.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';

jest.setTimeout(180_000);

const GIVEN = {
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
};

const SECRETS_OF_ANOTHER = JSON.stringify({
  superserviceId: SUPERSERVICE.serviceId,
  superserviceKey: SUPERSERVICE.key,
  tokenKey: TOKEN_KEY,
});

let directory: DataDirectory;

const bytesOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

beforeEach(async () => {
  directory = await DataDirectory.make();
});

afterEach(() => directory.remove());

describe('a process on the embedded database', () => {
  it('makes keys of 256 bits at the first start, and reads them at the next', async () => {
    const first = directory.start();
    const client = await directory.client(await first.url());
    const secrets = await directory.secrets();
    expect(secrets).toEqual({
      superserviceId: expect.stringMatching(/^[0-9a-f]{24}$/),
      superserviceKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      tokenKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await stat(join(directory.path, 'secrets.json'))).mode & 0o777).toBe(0o600);
    const created = await client.post('/rooms', { name: 'kept' });
    first.signal('SIGTERM');
    expect(await first.exitCode()).toBe(0);

    const second = directory.start();
    const again = await directory.client(await second.url());
    expect(await directory.secrets()).toEqual(secrets);
    expect((await again.get('/rooms')).json).toEqual([created.json]);
    for (const secret of Object.values(secrets).slice(1)) {
      expect(first.output + second.output).not.toContain(secret);
    }
  });

  it.each([
    ['missing', (file: string) => rm(file)],
    ['empty', (file: string) => truncate(file)],
    ['missing with its folder', (file: string) => rm(dirname(file), { recursive: true })],
  ])('refuses to start when its data is %s beside its secrets', async (_what, lose) => {
    const first = directory.start();
    await first.url();
    first.signal('SIGTERM');
    await first.exitCode();
    const file = join(directory.path, 'mongo', 'data.mdb');
    await lose(file);

    const second = directory.start();
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain(`The database file ${file} is missing or empty`);
    expect(second.output).toContain(join(directory.path, 'secrets.json'));
    expect(second.output).toMatch(/Put it back from a backup.*`npm run mongo`/);
    expect(await bytesOf(file)).toBe(0);
  });

  it('makes no secrets when a setting is wrong, so that the next start is the first one', async () => {
    expect(await directory.start({ PORT: 'x' }).exitCode()).toBe(1);

    expect(await directory.start().url()).toMatch(/^http:/);
  });

  it.each([
    ['lost', () => Promise.resolve()],
    ['of another database', (file: string) => writeFile(file, SECRETS_OF_ANOTHER)],
  ])('refuses to start when its secrets are %s', async (_what, replace) => {
    const first = directory.start();
    await first.url();
    first.signal('SIGTERM');
    await first.exitCode();
    const file = join(directory.path, 'secrets.json');
    await rm(file);
    await replace(file);

    const second = directory.start();
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toMatch(/sealed with another secret.* put secrets\.json .* back/);
  });

  it('makes no secrets beside data that was sealed with others', async () => {
    const first = directory.start();
    await first.url();
    first.signal('SIGTERM');
    await first.exitCode();
    const file = join(directory.path, 'secrets.json');
    const before = await readFile(file, 'utf8');
    await rm(file);

    for (let start = 0; start < 2; start++) {
      const refused = directory.start();
      expect(await refused.exitCode()).toBe(1);
      expect(refused.output).toContain('put secrets.json of the data directory back');
      expect(await readdir(directory.path)).not.toContain('secrets.json');
    }
    await writeFile(file, before);
    expect(await directory.start().url()).toMatch(/^http:/);
  });

  it.each([
    ['a file', '/etc/hostname', 'is no directory'],
    ['below a file', '/etc/hostname/data', 'is no directory'],
    ['where nobody can make one', '/proc/nope', 'cannot be made'],
    ['a directory where nobody writes', '/proc', 'cannot be written to'],
  ])('ends with a message that names DATA_DIR when it is %s', async (_what, path, problem) => {
    const started = directory.start({ DATA_DIR: path });
    const timer = setTimeout(() => started.signal('SIGKILL'), 20_000);
    expect(await started.exitCode()).toBe(1);
    clearTimeout(timer);
    expect(started.output).toMatch(
      new RegExp(`^Wrong settings:\\n  DATA_DIR: ${problem} \\(E[A-Z]+\\)\\n$`),
    );
  });

  it('goes on with an empty database once the server alone has made one', async () => {
    const first = directory.start();
    await first.url();
    await first.kill();
    await rm(join(directory.path, 'mongo'), { recursive: true });
    const database = await startEmbeddedMongo({ dataDir: directory.path });
    await database.close();

    expect(await directory.start().url()).toMatch(/^http:/);
  });

  it('is the only one on its data directory', async () => {
    const first = directory.start();
    const client = await directory.client(await first.url());
    const second = directory.start();
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain(directory.path);
    expect((await client.get('/rooms')).status).toBe(200);
  });

  it.each(['PORT', 'DEMO_PORT', 'DEMO_CONTROLLER_PORT'])(
    'ends with a message that names %s when another process listens there',
    async (name) => {
      const other = await SilentServer.start();
      const { port } = new URL(other.url);
      const ports = { PORT: '0', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0', [name]: port };
      const started = directory.start({ DEMO: 'true', ...ports });
      expect(await started.exitCode()).toBe(1);
      expect(started.output).toContain(
        `Wrong settings:\n  ${name}: ${port}, another process listens there (EADDRINUSE)\n`,
      );
      await other.close();
    },
  );

  it.each(['192.0.2.1', '::ffff:192.0.2.1', 'host.invalid'])(
    'ends with a message that names HOST when it is not of this machine: %s',
    async (host) => {
      const started = directory.start({ HOST: host });
      expect(await started.exitCode()).toBe(1);
      expect(started.output).toMatch(
        /Wrong settings:\n {2}HOST: is no address that this machine can listen on \(E\w+\)\n/,
      );
    },
  );
});

describe('a process on a real MongoDB', () => {
  it('ends at once when it is given no keys, naming variables and not values', async () => {
    const started = directory.start({ MONGODB_URI: 'mongodb://user:hidden@127.0.0.1:1/x' });
    expect(await started.exitCode()).toBe(1);
    for (const name of ['SUPERSERVICE_ID', 'SUPERSERVICE_KEY', 'TOKEN_KEY']) {
      expect(started.output).toContain(name);
    }
    expect(started.output).not.toContain('hidden');
    expect(started.output).not.toMatch(/\n\s+at /);
  });

  it.each([
    'mongodb://user:hid/den@127.0.0.1/x',
    'mongodb://user:hidden@/x',
    'mongodb://127.0.0.1/%zz',
    'mongodb://127.0.0.1/?unknown=hidden',
    'mongodb://127.0.0.1/a.b',
    'mongodb://127.0.0.1/a b',
    'mongodb://127.0.0.1/a%24b',
    'mongodb://127.0.0.1/a/b',
    `mongodb://127.0.0.1/${'x'.repeat(64)}`,
    'mongodb://u:p@hid/den@127.0.0.1/x',
  ])('refuses an address that no driver can read, and names the variable: %s', async (uri) => {
    const started = directory.start({ ...GIVEN, MONGODB_URI: uri });
    expect(await started.exitCode()).toBe(1);
    expect(started.output).toMatch(/^Wrong settings:\n {2}MONGODB_URI: \S.*\n$/);
    expect(started.output).not.toMatch(/hid/);
  });

  it('refuses weak keys, and lets them in when it is told to', async () => {
    const weak = { ...GIVEN, SUPERSERVICE_KEY: '15739', MONGODB_URI: freshDatabaseUri() };
    const refused = directory.start(weak);
    expect(await refused.exitCode()).toBe(1);
    expect(refused.output).toContain('SUPERSERVICE_KEY: too weak');
    expect(refused.output).not.toContain('15739');
    expect(await directory.start({ ...weak, ALLOW_WEAK_KEYS: 'true' }).url()).toMatch(/^http/);
  });

  it('takes secrets from files', async () => {
    const file = join(directory.path, 'token-key');
    await writeFile(file, `${TOKEN_KEY}\n`);
    const { TOKEN_KEY: _, ...rest } = GIVEN;
    const settings = { ...rest, TOKEN_KEY_FILE: file, MONGODB_URI: freshDatabaseUri() };
    expect(await directory.start(settings).url()).toMatch(/^http/);
  });

  it('refuses keys that were sealed with another secret', async () => {
    const settings = { ...GIVEN, MONGODB_URI: freshDatabaseUri() };
    const first = directory.start(settings);
    await first.url();
    const second = directory.start({ ...settings, ENCRYPTION_KEY: TOKEN_KEY });
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain('ENCRYPTION_KEY');
  });

  it('writes to the database nuvem when MONGODB_URI names none', async () => {
    // A server of its own: what another one holds under that name is somebody's.
    const server = await startEmbeddedMongo({ dataDir: join(directory.path, 'mongo'), port: 0 });
    const uri = server.uriFor('');
    await directory.start({ ...GIVEN, MONGODB_URI: uri }).url();
    const client = await MongoClient.connect(uri);
    const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
    await client.close();
    await server.close();
    const names = databases.map(({ name }) => name);
    expect(names).toContain('nuvem');
    expect(names).not.toContain('test');
  });

  it('says that a server may not speak TLS, and no credentials', async () => {
    const { host } = new URL(freshDatabaseUri());
    const uri = `mongodb://user:hidden@${host}/x?tls=true&directConnection=true`;
    const started = directory.start({ ...GIVEN, MONGODB_URI: uri });
    const [line] = await started.wrote(/\{.*MONGODB_URI.*\}/);
    expect(line).toContain(`MONGODB_URI: ${host} cannot be reached with TLS`);
    expect(started.output).not.toContain('hidden');
    await started.kill();
  });

  it('waits for a database that comes late', async () => {
    const target = freshDatabaseUri();
    const proxy = await TcpProxy.start(target, { open: false });
    const uri = new URL(proxy.through(target));
    uri.searchParams.set('directConnection', 'true');
    const started = directory.start({ ...GIVEN, MONGODB_URI: uri.href });
    const { host } = new URL(proxy.through(target));
    const [line] = await started.wrote(/\{.*MONGODB_URI.*\}/);
    expect(line).toContain(`MONGODB_URI: ${host} `);
    expect(line).not.toContain('"stack"');
    expect(line).not.toMatch(/\bat .*\.js/);
    await proxy.open();
    expect(await started.url()).toMatch(/^http/);
    await started.kill();
    await proxy.shut();
  });
});
