import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { API, type Params } from '@nuvem/client/n-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeToken } from '../../src/tokens/token-string.js';
import { codeUnder } from '../docs/code-blocks.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';

const NOBODY = '0123456789abcdef01234567';
const OBJECT_ID: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);
const KEY = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f';
const UNAUTHENTICATED =
  '401 Error{"WWW-Authenticate":"MAuth realm=\\"http://marte3.dit.upm.es\\""}';

/** What an old backend's callbacks got. */
type Outcome = { answer: unknown } | { error: [text: string, status: number] };

let server: TestApp;
let node: FakeNode;
let tenant: Params;
let superservice: Params;

beforeAll(async () => {
  server = await startTestApp();
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  tenant = paramsOf(await server.createService('tenant'));
  superservice = paramsOf(server.superservice);
});

afterAll(async () => {
  await node.close();
  await server.close();
});

beforeEach(() => API.init(tenant.service, tenant.key, tenant.url));

function paramsOf({ credentials }: ApiClient): Params {
  const { serviceId, key } = credentials ?? SUPERSERVICE;
  return { service: serviceId, key, url: `${server.url}/` };
}

/** Makes a call as old backends do. What is promised must be the same. */
async function called<T>(
  ask: (
    callback: (answer: T) => void,
    callbackError: (text: string, status: number) => void,
  ) => Promise<T>,
): Promise<Outcome> {
  let promised: Promise<Outcome> | undefined;
  const outcome = await new Promise<Outcome>((resolve) => {
    const answered = ask(
      (answer) => resolve({ answer }),
      (...error) => resolve({ error }),
    );
    promised = answered.then(
      (answer) => ({ answer }),
      (error: { message: string; status: number }) => ({ error: [error.message, error.status] }),
    );
  });
  await expect(promised).resolves.toEqual(outcome);
  return outcome;
}

const json = (outcome: Outcome): unknown =>
  JSON.parse(String('answer' in outcome ? outcome.answer : outcome.error));

describe('rooms', () => {
  it('are made, listed, read, changed and deleted', async () => {
    const made = await called<{ _id: string }>((done, failed) =>
      API.createRoom('standup', done, failed, { data: { a: 1 } }),
    );
    const room = { _id: OBJECT_ID, name: 'standup', data: { a: 1 } };
    expect(made).toEqual({ answer: room });
    const { _id } = (made as { answer: { _id: string } }).answer;

    const rooms = await called<string>((done, failed) => API.getRooms(done, failed));
    expect(json(rooms)).toEqual([room]);

    const updated = await called<string>((done, failed) =>
      API.updateRoom(_id, 'retro', done, failed, { p2p: true }),
    );
    expect(updated).toEqual({ answer: 'Room Updated' });
    const patched = await called<string>((done, failed) =>
      API.patchRoom(_id, undefined, done, failed, { data: { b: 2 } }),
    );
    expect(patched).toEqual({ answer: 'Room Updated' });
    const read = await called<string>((done, failed) => API.getRoom(_id, done, failed));
    expect(json(read)).toEqual({ _id, name: 'retro', p2p: true, data: { a: 1, b: 2 } });

    const deleted = await called<string>((done, failed) => API.deleteRoom(_id, done, failed));
    expect(deleted).toEqual({ answer: 'Room deleted' });
    const gone = await called<string>((done, failed) => API.deleteRoom(_id, done, failed));
    expect(gone).toEqual({ error: ['404 ErrorRoom does not exist', 404] });
  });

  it('are refused without a name', async () => {
    const refused = { error: ['400 ErrorInvalid room', 400] };
    await expect(called((done, failed) => API.createRoom('', done, failed))).resolves.toEqual(
      refused,
    );
    const { _id } = await API.createRoom('standup');
    await expect(called((done, failed) => API.updateRoom(_id, '', done, failed))).resolves.toEqual(
      refused,
    );
  });
});

describe('services', () => {
  it('are made, listed, read and deleted by the superservice', async () => {
    const made = await called<string>((done, failed) =>
      API.createService('school', KEY, done, failed, superservice),
    );
    expect(json(made)).toEqual(OBJECT_ID);
    const id = String(json(made));

    const listed = await called<string>((done, failed) =>
      API.getServices(done, failed, superservice),
    );
    const school: unknown = expect.objectContaining({ _id: id, name: 'school' });
    expect(json(listed)).toEqual(expect.arrayContaining([school]));
    const read = await called<string>((done, failed) =>
      API.getService(id, done, failed, superservice),
    );
    expect(json(read)).toEqual(school);

    const own = { service: id, key: KEY, url: server.url };
    await expect(API.getRooms(undefined, undefined, own)).resolves.toBe('[]');
    const deleted = await called<string>((done, failed) =>
      API.deleteService(id, done, failed, superservice),
    );
    expect(deleted).toEqual({ answer: 'Service deleted' });
    const refused = await called<string>((done, failed) => API.getRooms(done, failed, own));
    expect(refused).toEqual({ error: [UNAUTHENTICATED, 401] });
  });
});

describe('participants', () => {
  it('get a token, are listed, read and removed', async () => {
    const { _id } = await API.createRoom('standup');
    const token = await called<string>((done, failed) =>
      API.createToken(_id, 'Ann', 'presenter', done, failed),
    );
    expect(decodeToken(String((token as { answer: string }).answer))).toMatchObject({
      host: '192.0.2.2:8080',
      secure: false,
    });

    node.join(_id, 'ann');
    const ann = { name: 'ann', role: 'presenter', permissions: { publish: true, subscribe: true } };
    const users = await called<string>((done, failed) => API.getUsers(_id, done, failed));
    expect(json(users)).toEqual([ann]);
    const user = await called<string>((done, failed) => API.getUser(_id, 'ann', done, failed));
    expect(json(user)).toEqual(ann);

    const kicked = await called<string>((done, failed) => API.deleteUser(_id, 'ann', done, failed));
    expect(kicked).toEqual({ answer: 'Success' });
    await expect(API.getUsers(_id)).resolves.toBe('[]');
  });

  it.each([
    ['Zoë O’Neill', 'zoe o’neill'],
    ['a/b?c#d', 'a/b?c#d'],
    ['Straße 100%', 'straße 100%'],
    ['Smith, Ann', 'smith, ann'],
    ['李雷 😀', '李雷 😀'],
    ['a\\b "c" <d> & =', 'a\\b "c" <d> & ='],
  ])('may be called %s', async (name, known) => {
    const { _id } = await API.createRoom(name);
    const token = await API.createToken(_id, name, 'presenter');
    const redeemed = await node.client.post('/v1/tokens/redeem', { token });
    expect(redeemed.json).toMatchObject({ userName: known });

    node.join(_id, known);
    node.join(_id, 'other');
    expect(JSON.parse(await API.getUser(_id, known))).toMatchObject({ name: known });
    await expect(API.deleteUser(_id, known)).resolves.toBe('Success');
    expect(node.rooms.get(_id)?.map((user) => user.name)).toEqual(['other']);
  });
});

describe('errors', () => {
  it.each([
    ['getRoom', () => API.getRoom(NOBODY)],
    ['updateRoom', () => API.updateRoom(NOBODY, 'x')],
    ['patchRoom', () => API.patchRoom(NOBODY, 'x')],
    ['deleteRoom', () => API.deleteRoom(NOBODY)],
    ['createToken', () => API.createToken(NOBODY, 'ann', 'presenter')],
    ['getUsers', () => API.getUsers(NOBODY)],
    ['getUser', () => API.getUser(NOBODY, 'ann')],
    ['deleteUser', () => API.deleteUser(NOBODY, 'ann')],
  ])('%s knows no such room', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({
      name: 'ApiError',
      status: 404,
      message: '404 ErrorRoom does not exist',
    });
  });

  it.each([
    ['getService', () => API.getService(NOBODY, undefined, undefined, superservice)],
    ['deleteService', () => API.deleteService(NOBODY, undefined, undefined, superservice)],
  ])('%s knows no such service', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ message: '404 ErrorService not found' });
  });

  it.each([
    ['createService', () => API.createService('x', KEY)],
    ['getServices', () => API.getServices()],
    ['getService', () => API.getService(NOBODY)],
    ['deleteService', () => API.deleteService(NOBODY)],
  ])('%s is not for tenants', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({
      status: 401,
      message: '401 ErrorService not authorized for this action',
    });
  });

  it('say that a participant is not there', async () => {
    const { _id } = await API.createRoom('standup');
    await API.createToken(_id, 'ann', 'presenter');
    const refused = await called<string>((done, failed) => API.getUser(_id, 'bob', done, failed));
    expect(refused).toEqual({ error: ['404 ErrorUser does not exist', 404] });
  });

  it.each([
    ['', 'presenter'],
    ['ann', ''],
  ])('say that a token needs a name and a role: %j, %j', async (name, role) => {
    const { _id } = await API.createRoom('standup');
    const refused = await called<string>((done, failed) =>
      API.createToken(_id, name, role, done, failed),
    );
    expect(refused).toEqual({ error: ['401 ErrorName and role?', 401] });
  });

  it('say so when the key is wrong', async () => {
    API.init(tenant.service, 'wrong', tenant.url);
    const refused = await called<string>((done, failed) => API.getRooms(done, failed));
    expect(refused).toEqual({ error: [UNAUTHENTICATED, 401] });
  });

  it('are 503 with the reason when nobody is there', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    API.init(tenant.service, tenant.key, `http://127.0.0.1:${port}/`);
    const refused = await called<string>((done, failed) => API.getRooms(done, failed));
    const reason = `503 ErrorError: connect ECONNREFUSED 127.0.0.1:${port}\n`;
    expect(refused).toEqual({ error: [expect.stringContaining(reason), 503] });
  });
});

it('makes 100 calls at once', async () => {
  const { _id } = await API.createRoom('crowd');
  const names = Array.from({ length: 100 }, (_, i) => `user ${i}`);
  const tokens = await Promise.all(names.map((name) => API.createToken(_id, name, 'viewer')));
  const ids = tokens.map((token) => decodeToken(token)?.tokenId);
  expect(ids).toEqual(Array(100).fill(OBJECT_ID));
  expect(new Set(ids).size).toBe(100);
});

describe('an old backend', () => {
  const REQUIRE = "const N = require('@nuvem/client/n-api');";
  const IMPORT = "import { API } from '@nuvem/client/n-api'; const N = { API };";
  const INIT =
    'const { service, key, url } = JSON.parse(process.env.PARAMS);N.API.init(service, key, url);';

  /** Runs it in a process of its own. */
  function run(type: 'commonjs' | 'module', script: string) {
    const load = type === 'module' ? IMPORT : REQUIRE;
    const args = [`--input-type=${type}`, '--eval', `${load}${INIT}${script}`];
    const env = { ...process.env, NODE_OPTIONS: '', PARAMS: JSON.stringify(tenant) };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, args, { env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  it('requires it, and calls back', async () => {
    const ran = await run(
      'commonjs',
      `const failed = (text, status) => console.log('failed', status, text);
      N.API.createRoom('required', ({ _id, name }) => {
        console.log(name);
        N.API.createToken(_id, 'ann', 'presenter', (token) => {
          console.log(JSON.parse(Buffer.from(token, 'base64')).host);
          N.API.deleteRoom(_id, (text) => {
            console.log(text);
            N.API.getRoom(_id, console.log, failed);
          }, failed);
        }, failed);
      }, failed);`,
    );
    expect(ran).toEqual({
      code: 0,
      stdout: 'required\n192.0.2.2:8080\nRoom deleted\nfailed 404 404 ErrorRoom does not exist\n',
      stderr: '',
    });
  });

  it('does what its documentation shows', async () => {
    const shown = codeUnder('packages/client/README.md', "Licode's N.API", 'js');
    const here = shown.replace("'http://127.0.0.1:3000/'", 'url').replace('serviceId', 'service');
    const { stdout, ...ran } = await run('commonjs', here.slice(here.indexOf('N.API.init')));
    expect(here).toContain(REQUIRE);
    expect(ran).toEqual({ code: 0, stderr: '' });
    expect(decodeToken(stdout.trim())).toMatchObject({ host: '192.0.2.2:8080' });
  });

  it('imports it, and awaits', async () => {
    const ran = await run(
      'module',
      `const { _id } = await N.API.createRoom('imported');
      console.log(await N.API.deleteRoom(_id));
      await N.API.getRoom(_id).catch(({ name, message }) => console.log(name, message));`,
    );
    expect(ran).toEqual({
      code: 0,
      stdout: 'Room deleted\nApiError 404 ErrorRoom does not exist\n',
      stderr: '',
    });
  });

  it('has the same params however it loads it', async () => {
    const ran = await run(
      'module',
      `import { createRequire } from 'node:module';
      const required = createRequire(process.cwd() + '/x.js')('@nuvem/client/n-api');
      console.log(required.API.params.service === service);`,
    );
    expect(ran).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
  });

  it.each([
    ['an error callback', `N.API.getRoom('${NOBODY}', undefined, () => console.log('failed'));`],
    ['a callback', `N.API.getRoom('${NOBODY}', () => {}); console.log('failed');`],
  ])('that gives %s goes on after an error', async (_, script) => {
    const ran = await run('commonjs', script);
    expect(ran).toEqual({ code: 0, stdout: 'failed\n', stderr: '' });
  });

  it('that looks at nothing hears of an error', async () => {
    const ran = await run('commonjs', `N.API.getRoom('${NOBODY}');`);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain('404 ErrorRoom does not exist');
  });

  it('hears of what its callback throws, as of any uncaught error', async () => {
    const ran = await run(
      'commonjs',
      `process.on('uncaughtException', ({ message }, origin) => console.log(origin, message));
      N.API.getRooms(() => { throw new Error('of the callback'); }, () => console.log('failed'));`,
    );
    expect(ran).toEqual({ code: 0, stdout: 'uncaughtException of the callback\n', stderr: '' });
  });
});
