import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LICODE_ROLES } from '../common/participant-roles/roles.js';
import { ConfigurationError } from './configuration-error.js';
import { loadEnvironment } from './load-environment.js';

const KEY = '3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b';
const OTHER_KEY = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const GIVEN = {
  MONGODB_URI: 'mongodb://localhost/x',
  SUPERSERVICE_ID: '5f00000000000000000000aa',
  SUPERSERVICE_KEY: KEY,
  TOKEN_KEY: OTHER_KEY,
};

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nuvem-config-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** What a wrong setting is refused with. */
async function refusal(source: Record<string, string | undefined>): Promise<string> {
  const error: unknown = await loadEnvironment(source).then(
    () => new Error('Nothing was refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as Error).message;
}

describe('settings', () => {
  it('have the defaults of the README', async () => {
    expect(Object.assign({}, await loadEnvironment(GIVEN))).toEqual({
      allowWeakKeys: false,
      assignmentStrategy: 'least-loaded',
      controlUrlAllowSubnets: '',
      controllerTimeoutSeconds: 10,
      controllerWaitSeconds: 10,
      corsOrigin: '*',
      dataDir: './data',
      demo: true,
      demoControllerPort: 8080,
      demoOpen: false,
      demoPort: 3001,
      eventsRetentionDays: 7,
      failedAuthPerMinute: 600,
      host: '127.0.0.1',
      logLevel: 'info',
      mauthWindowSeconds: 300,
      mongodbUri: 'mongodb://localhost/x',
      port: 3000,
      refuseFullControllers: false,
      sessionsRetentionDays: 90,
      shutdownTimeoutSeconds: 20,
      superserviceId: '5f00000000000000000000aa',
      superserviceKey: KEY,
      testErizoController: 'localhost:8080',
      tokenKey: OTHER_KEY,
      tokenRoles: LICODE_ROLES,
      tokenTtlSeconds: 180,
      trustProxy: false,
      webhookAllowSubnets: '',
    });
  });

  it('are read as what they are, and variables of others are left alone', async () => {
    const environment = await loadEnvironment({
      ...GIVEN,
      PORT: '0',
      TOKEN_TTL_SECONDS: '60',
      TRUST_PROXY: 'true',
      DEMO: 'false',
      PATH: '/usr/bin',
      LOG_LEVEL: '',
    });
    expect(environment).toMatchObject({
      port: 0,
      tokenTtlSeconds: 60,
      trustProxy: true,
      demo: false,
    });
    expect(environment).toMatchObject({ logLevel: 'info' });
    expect(environment).not.toHaveProperty('path');
  });

  it('take TOKEN_ROLES as JSON', async () => {
    const roles = {
      teacher: { publish: { audio: true, video: false }, subscribe: true },
      guest: {},
    };
    const environment = await loadEnvironment({ ...GIVEN, TOKEN_ROLES: JSON.stringify(roles) });
    expect(environment.tokenRoles).toEqual(roles);
  });

  it.each([
    ['false', false],
    ['0', 0],
    ['1', 1],
    ['2', 2],
    ['loopback', ['loopback']],
    ['10.0.0.1, 192.168.0.0/16,2001:db8::/32', ['10.0.0.1', '192.168.0.0/16', '2001:db8::/32']],
  ])('take TRUST_PROXY=%s for who is believed', async (value, trustProxy) => {
    expect(await loadEnvironment({ ...GIVEN, TRUST_PROXY: value })).toMatchObject({ trustProxy });
  });

  it.each([
    ['https://app.example.com/', ['https://app.example.com']],
    ['HTTPS://App.Example.com:443', ['https://app.example.com']],
    [
      'http://localhost:3001, capacitor://localhost',
      ['http://localhost:3001', 'capacitor://localhost'],
    ],
    ['null', ['null']],
    ['*', '*'],
  ])('take CORS_ORIGIN=%s as browsers write it', async (value, corsOrigin) => {
    expect(await loadEnvironment({ ...GIVEN, CORS_ORIGIN: value })).toMatchObject({ corsOrigin });
  });

  it('leave the demo off in production, unless it is asked for', async () => {
    const production = { ...GIVEN, NODE_ENV: 'production' };
    expect((await loadEnvironment(production)).demo).toBe(false);
    const opened = { ...production, DEMO: 'true', DEMO_OPEN: 'true' };
    expect((await loadEnvironment(opened)).demo).toBe(true);
  });

  it('refuse the demo in production, until it is said to be open', async () => {
    const message = await refusal({ ...GIVEN, NODE_ENV: 'production', DEMO: 'true' });
    expect(message).toContain('\n  DEMO: ');
    expect(message).toContain('DEMO_OPEN=true');
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['PORT', ' '],
    ['CONTROLLER_WAIT_SECONDS', '-1'],
    ['MAUTH_WINDOW_SECONDS', '0'],
    ['TOKEN_TTL_SECONDS', '1.5'],
    ['LOG_LEVEL', 'loud'],
    ['DEMO', 'maybe'],
    ['AMQP_URL', 'http://secret@broker'],
    ['MONGODB_URI', 'secret://host'],
    ['SUPERSERVICE_ID', 'secret'],
    ['FAILED_AUTH_PER_MINUTE', 'NaN'],
    ['TOKEN_ROLES', 'secret'],
    ['TOKEN_ROLES', '{}'],
    ['TOKEN_ROLES', '["secret"]'],
    ['TOKEN_ROLES', '{"secret":{"publish":1}}'],
    ['TRUST_PROXY', 'proxy.example.com'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['TRUST_PROXY', '-1'],
    ['CORS_ORIGIN', 'https://app.example.com/page'],
    ['CORS_ORIGIN', 'https://*.example.com'],
    ['CORS_ORIGIN', '*, https://app.example.com'],
    ['CORS_ORIGIN', 'pages.example.org'],
    ['AMQP_URL', 'amqp://user:secret@host:port'],
    ['AMQP_URL', 'amqp://user:secret%zz@host'],
  ])('refuse %s=%s, naming the variable and not its value', async (name, value) => {
    const message = await refusal({ ...GIVEN, [name]: value });
    expect(message).toMatch(new RegExp(`^Wrong settings:\\n  ${name}: \\S`));
    expect(message.split('\n')).toHaveLength(2);
    expect(message.replace(name, '')).not.toContain(value.length > 3 ? value : 'secret');
  });

  it.each([
    [{ DEMO_PORT: '3000' }, 'PORT and DEMO_PORT: are both 3000'],
    [{ DEMO_CONTROLLER_PORT: '3001' }, 'DEMO_PORT and DEMO_CONTROLLER_PORT: are both 3001'],
    [{ PORT: '8080' }, 'PORT and DEMO_CONTROLLER_PORT: are both 8080'],
  ])('refuse one port for two servers: %j', async (ports, problem) => {
    const message = await refusal({ ...GIVEN, ...ports });
    expect(message).toBe(`Wrong settings:\n  ${problem}, and each needs a port of its own`);
  });

  it('take one port twice without the demo, and 0 for any', async () => {
    const twice = { ...GIVEN, DEMO: 'false', DEMO_PORT: '3000' };
    await expect(loadEnvironment(twice)).resolves.toMatchObject({ demoPort: 3000 });
    const free = { PORT: '0', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0' };
    await expect(loadEnvironment({ ...GIVEN, ...free })).resolves.toMatchObject({ port: 0 });
  });

  it('that are missing with a real MongoDB are all named at once', async () => {
    const message = await refusal({ MONGODB_URI: GIVEN.MONGODB_URI });
    for (const name of ['SUPERSERVICE_ID', 'SUPERSERVICE_KEY', 'TOKEN_KEY']) {
      expect(message).toContain(`\n  ${name}: is missing, and needed with MONGODB_URI`);
    }
  });

  it.each(['SUPERSERVICE_KEY', 'TOKEN_KEY', 'ENCRYPTION_KEY', 'AMQP_URL', 'MONGODB_URI'])(
    'refuse %s in quotes, as an env file may leave them',
    async (name) => {
      const message = await refusal({ ...GIVEN, [name]: `'${KEY}'` });
      expect(message).toBe(`Wrong settings:\n  ${name}: is in quotes: leave them out`);
    },
  );

  it.each(['SUPERSERVICE_KEY', 'TOKEN_KEY', 'ENCRYPTION_KEY'])(
    'refuse a weak %s without showing it, and let it in by ALLOW_WEAK_KEYS',
    async (name) => {
      for (const weak of ['15739', 'short-key', 'a'.repeat(64)]) {
        const settings = { ...GIVEN, [name]: weak };
        const message = await refusal(settings);
        expect(message).toContain(`${name}: too weak`);
        expect(message).not.toContain(weak);
        await expect(
          loadEnvironment({ ...settings, ALLOW_WEAK_KEYS: 'true' }),
        ).resolves.toHaveProperty('allowWeakKeys', true);
      }
    },
  );

  it.each(['SUPERSERVICE_KEY', 'TOKEN_KEY', 'ENCRYPTION_KEY'])(
    'refuse a %s of blanks or with a NUL, whatever is allowed',
    async (name) => {
      for (const none of [' '.repeat(40), '\t\n', `${KEY}\0`]) {
        const message = await refusal({ ...GIVEN, [name]: none, ALLOW_WEAK_KEYS: 'true' });
        expect(message).toMatch(new RegExp(`^Wrong settings:\\n  ${name}: must `));
      }
    },
  );
});

describe('secrets in files', () => {
  it('are read, without the line end', async () => {
    const file = join(directory, 'key');
    await writeFile(file, `${KEY}\n`);
    const { TOKEN_KEY: _, ...rest } = GIVEN;
    const environment = await loadEnvironment({ ...rest, TOKEN_KEY_FILE: file });
    expect(environment.tokenKey).toBe(KEY);
  });

  it('are refused beside the variable itself', async () => {
    const message = await refusal({ ...GIVEN, TOKEN_KEY_FILE: join(directory, 'key') });
    expect(message).toBe('Wrong settings:\n  TOKEN_KEY_FILE: is given beside TOKEN_KEY');
  });

  it('are refused when they cannot be read', async () => {
    const { TOKEN_KEY: _, ...rest } = GIVEN;
    const message = await refusal({ ...rest, TOKEN_KEY_FILE: join(directory, 'none') });
    expect(message).toBe('Wrong settings:\n  TOKEN_KEY_FILE: cannot be read (ENOENT)');
  });

  it.each([
    ['UTF-16', Buffer.from(`\ufeff${KEY}`, 'utf16le'), 'must be a text in UTF-8'],
    ['UTF-16 without a mark', Buffer.from(KEY, 'utf16le'), 'must be one line of text in UTF-8'],
    ['two lines', Buffer.from(`${KEY}\n${KEY}\n`), 'must be one line of text in UTF-8'],
    ['quotes', Buffer.from(`"${KEY}"\n`), 'is in quotes: leave them out'],
    ['nothing', Buffer.from('\n'), 'is empty'],
  ])('are refused when they hold %s', async (_, bytes, reason) => {
    const { TOKEN_KEY: _key, ...rest } = GIVEN;
    const file = join(directory, 'key');
    await writeFile(file, bytes);
    const message = await refusal({ ...rest, TOKEN_KEY_FILE: file });
    expect(message).toBe(`Wrong settings:\n  TOKEN_KEY_FILE: ${reason}`);
  });

  it('are taken with a byte order mark of UTF-8', async () => {
    const { TOKEN_KEY: _key, ...rest } = GIVEN;
    const file = join(directory, 'key');
    await writeFile(file, `\ufeff${KEY}\r\n`);
    const environment = await loadEnvironment({ ...rest, TOKEN_KEY_FILE: file });
    expect(environment.tokenKey).toBe(KEY);
  });
});

describe('generated secrets', () => {
  const path = (): string => join(directory, 'data', 'secrets.json');
  const load = (): ReturnType<typeof loadEnvironment> =>
    loadEnvironment({ DATA_DIR: join(directory, 'data') });

  it('are 256 random bits a key, kept for their owner alone, and read again', async () => {
    const first = await load();
    expect(first.superserviceId).toMatch(/^[0-9a-f]{24}$/);
    expect(first.superserviceKey).toMatch(/^[0-9a-f]{64}$/);
    expect(first.tokenKey).toMatch(/^[0-9a-f]{64}$/);
    expect(first.tokenKey).not.toBe(first.superserviceKey);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o700);
    const { superserviceId, superserviceKey, tokenKey } = first;
    expect(JSON.parse(await readFile(path(), 'utf8'))).toEqual({
      superserviceId,
      superserviceKey,
      tokenKey,
    });
    await expect(load()).resolves.toEqual(first);
  });

  it('are the same for all that start at once, and no draft is left', async () => {
    const environments = await Promise.all(Array.from({ length: 20 }, load));
    expect(new Set(environments.map(({ tokenKey }) => tokenKey)).size).toBe(1);
    expect(await readdir(join(directory, 'data'))).toEqual(['secrets.json']);
  });

  it('give way to a variable', async () => {
    const environment = await loadEnvironment({ DATA_DIR: directory, TOKEN_KEY: KEY });
    expect(environment.tokenKey).toBe(KEY);
    expect(environment.superserviceKey).not.toBe(KEY);
  });

  it('that cannot be read are an error, not made anew', async () => {
    await writeFile(join(directory, 'secrets.json'), '{');
    await expect(loadEnvironment({ DATA_DIR: directory })).rejects.toThrow(
      'secrets.json is damaged',
    );
    await expect(readFile(join(directory, 'secrets.json'), 'utf8')).resolves.toBe('{');
  });

  it.each([
    ['null', 'null'],
    ['other keys', '{"superserviceKey":"x"}'],
    ['numbers', '{"superserviceId":1,"superserviceKey":2,"tokenKey":3}'],
  ])('that hold %s are an error', async (_, text) => {
    await writeFile(join(directory, 'secrets.json'), text);
    await expect(loadEnvironment({ DATA_DIR: directory })).rejects.toThrow(
      'secrets.json is damaged',
    );
  });

  it('that cannot be opened are named with the reason', async () => {
    await mkdir(join(directory, 'secrets.json'));
    await expect(loadEnvironment({ DATA_DIR: directory })).rejects.toThrow(
      'secrets.json cannot be read (EISDIR)',
    );
  });
});
