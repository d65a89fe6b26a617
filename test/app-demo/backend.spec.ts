import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { get, STATUS_CODES, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { DEFAULT_ROOM } from '../../src/app-demo/backend/example-room.js';
import { DemoFixture } from './support/demo-fixture.js';
import { derivedKey, newId, type FakeRoom } from './support/fake-api.js';

describe('business backend', () => {
  let fixture: DemoFixture;

  beforeAll(async () => {
    fixture = await DemoFixture.ready();
  });

  afterAll(() => fixture.close());

  afterEach(() => fixture.api.rooms.clear());

  const createToken = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${fixture.demo.url}/createToken/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const ann = { username: 'Ännchen', role: 'presenter' };

  it('answers a token string that the node takes', async () => {
    const response = await createToken({ ...ann, room: 'tea', type: 'p2p' });

    const token = await response.text();
    expect(response.status).toBe(200);
    const hello = await fixture.open(token).connected();
    const [room] = fixture.api.rooms.values();
    expect(hello).toMatchObject({ id: room?._id, p2p: true });
    expect(room).toMatchObject({
      name: 'tea',
      p2p: true,
      data: { basicExampleRoom: true },
      mediaConfiguration: 'default',
    });
  });

  it('makes a room that is not p2p unless it is asked for, under the default name', async () => {
    await createToken({ ...ann, mediaConfiguration: 'VP8_AND_OPUS' });

    const [room] = fixture.api.rooms.values();
    expect(room).toMatchObject({ name: DEFAULT_ROOM, mediaConfiguration: 'VP8_AND_OPUS' });
    expect(room?.p2p).toBe(undefined);
  });

  it('uses one room for many tabs that ask at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => createToken({ ...ann, room: 'rush' })));

    expect([...fixture.api.rooms.values()].map(({ name }) => name)).toEqual(['rush']);
  });

  it('leaves a room of the same name that somebody else made', async () => {
    await createToken({ ...ann, room: 'first' });
    const { service } = fixture.api.rooms.values().next().value!;
    const other: FakeRoom = { _id: newId(), service, name: 'shared' };
    fixture.api.rooms.set(other._id, other);

    await createToken({ ...ann, room: 'shared' });

    const shared = [...fixture.api.rooms.values()].filter(({ name }) => name === 'shared');
    expect(shared.map(({ data }) => data)).toEqual([undefined, { basicExampleRoom: true }]);
  });

  it('issues a token for a room by its id', async () => {
    await createToken({ ...ann, room: 'by id' });
    const [room] = fixture.api.rooms.values();

    const response = await createToken({ ...ann, roomId: room?._id });

    expect(await fixture.open(await response.text()).connected()).toMatchObject({ id: room?._id });
  });

  it('answers a failure as Licode does, and names it to who asks for JSON', async () => {
    const plain = await createToken({ ...ann, roomId: newId() });
    const json = await createToken({ ...ann, roomId: newId() }, { accept: 'application/json' });

    expect([plain.status, await plain.text()]).toEqual([401, 'No Erizo Controller found']);
    expect([json.status, await json.json()]).toEqual([
      401,
      { status: 401, code: 'ROOM_NOT_FOUND' },
    ]);
  });

  it.each([
    {},
    { username: 'ann' },
    { username: { $gt: '' }, role: 'presenter' },
    { ...ann, room: '' },
    { ...ann, room: 'x'.repeat(257) },
    { ...ann, type: 'sfu' },
    { ...ann, roomId: '../services' },
    { username: '..', role: 'presenter' },
    { username: 'ann', role: '.' },
    { ...ann, room: '..' },
  ])('refuses the body %j', async (body) => {
    const response = await createToken(body);

    expect(response.status).toBe(400);
    expect(await response.text()).toBe('Invalid request');
  });

  it.each([
    ['JSON that is none', '{"username":', 400, 'Malformed request body'],
    [
      'a body out of all proportion',
      JSON.stringify({ username: 'x'.repeat(20_000) }),
      413,
      'Request body is too large',
    ],
  ])('answers %s without a stack', async (_what, body, status, text) => {
    const response = await fetch(`${fixture.demo.url}/createToken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });

    expect(response.status).toBe(status);
    expect(await response.text()).toBe(text);
  });

  it.each([
    [{ userName: 'ann', role: 'presenter' }, ['username']],
    [{ username: '..', role: '.' }, ['username', 'role']],
    [{ ...ann, type: 'sfu', roomId: '1' }, ['type', 'roomId']],
  ])('names the wrong fields of %j to who asks for JSON', async (body, fields) => {
    const response = await createToken(body, { accept: 'application/json' });

    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'urn:nuvem:error:INVALID_REQUEST',
      title: 'Bad Request',
      status: 400,
      detail: 'Invalid request',
      code: 'INVALID_REQUEST',
      errors: fields.map((field) => ({
        field,
        message: expect.stringMatching(new RegExp(`^${field} must be \\S`)),
      })),
    });
  });

  it.each([
    ['gzip', gzipSync(JSON.stringify(ann))],
    ['br', JSON.stringify(ann)],
  ])('does not take a body in %s, and says so', async (encoding, body) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const response = await fetch(`${fixture.demo.url}/createToken`, {
      method: 'POST',
      headers,
      body,
    });

    expect([response.status, await response.text()]).toEqual([415, 'Body must not be compressed']);
    expect(response.headers.get('x-error-code')).toBe('UNSUPPORTED_ENCODING');
  });

  it('takes a body that is said not to be encoded', async () => {
    expect((await createToken(ann, { 'content-encoding': 'Identity' })).status).toBe(200);
  });

  it.each([
    ['/%zz', 400, 'MALFORMED_URL', 'Malformed URL'],
    ['/getUsers/%', 400, 'MALFORMED_URL', 'Malformed URL'],
    [`/getUsers/${'x'.repeat(101)}`, 404, 'RESOURCE_NOT_FOUND', 'Resource not found'],
  ])('answers %s as all that is wrong', async (path, status, code, text) => {
    const plain = await fetch(fixture.demo.url + path);
    const json = await fetch(fixture.demo.url + path, { headers: { accept: 'application/json' } });

    expect([plain.status, await plain.text()]).toEqual([status, text]);
    expect(plain.headers.get('x-error-code')).toBe(code);
    const type = `urn:nuvem:error:${code}`;
    const title = STATUS_CODES[status];
    expect([json.status, await json.json()]).toEqual([
      status,
      { type, title, status, detail: text, code },
    ]);
  });

  it('takes a form as well, as Licode does', async () => {
    const response = await fetch(`${fixture.demo.url}/createToken`, {
      method: 'POST',
      body: new URLSearchParams({ ...ann, room: 'form' }),
    });

    expect(response.status).toBe(200);
    expect([...fixture.api.rooms.values()].map(({ name }) => name)).toEqual(['form']);
  });

  it.each(['/assets/..%2f..%2fapp-demo.js', '/assets/nothing.js', '/elsewhere'])(
    'has nothing at %s',
    async (path) => {
      const response = await fetch(fixture.demo.url + path);

      expect([response.status, await response.text()]).toEqual([404, 'Resource not found']);
    },
  );

  it.each([
    ['/', 'text/html'],
    ['/assets/call.js', 'text/javascript'],
    ['/assets/call-styles.css', 'text/css'],
  ])('serves %s, and once only while it is the same', async (path, type) => {
    const first = await fetch(fixture.demo.url + path);
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(fixture.demo.url + path, { headers: { 'if-none-match': etag } });

    expect(first.headers.get('content-type')).toContain(type);
    expect([first.status, again.status]).toEqual([200, 304]);
  });

  /** Where `/console` leads whoever sends this header. */
  async function consoleFor(host: string): Promise<string | undefined> {
    const request = get(`${fixture.demo.url}/console`, { headers: { host } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.headers.location;
  }

  it.each([
    ['localhost:3001', 'localhost'],
    ['192.0.2.7:3001', '192.0.2.7'],
    ['[2001:db8::1]:3001', '[2001:db8::1]'],
    ['Nuvem.example', 'nuvem.example'],
    ['my_host:80', 'my_host'],
  ])("leads operators to the API's own console, at the host they came by: %s", async (host, to) => {
    const { port } = new URL(fixture.api.url);

    expect(await consoleFor(host)).toBe(`http://${to}:${port}/console/`);
  });

  it.each([
    'evil.example/x',
    'user@evil.example',
    'a b',
    '[::1',
    'a?b',
    'a\\b',
    'a:b',
    '%zz',
    '[:::]',
    '1.2.3.999',
  ])('leads nobody to what is no host: %j', async (host) => {
    expect(await consoleFor(host)).toBe(`${fixture.api.url}/console/`);
  });

  it('leads operators to where the API is public, if that is said', async () => {
    const publicApiUrl = 'https://nuvem.example/api/';
    const other = await DemoFixture.start({ publicApiUrl });
    const { headers } = await fetch(`${other.demo.url}/console`, { redirect: 'manual' });
    await other.close();

    expect(headers.get('location')).toBe('https://nuvem.example/api/console/');
  });

  it('says nothing of its settings', async () => {
    expect((await fetch(`${fixture.demo.url}/config`)).status).toBe(404);
  });

  it('lists rooms and the users of one', async () => {
    await createToken({ ...ann, room: 'tea' });
    const [room] = fixture.api.rooms.values();
    const users = [{ name: 'ann', role: 'presenter', permissions: {} }];
    fixture.api.users.set(room!._id, users);

    const rooms = await fetch(`${fixture.demo.url}/getRooms/`);
    const inRoom = await fetch(`${fixture.demo.url}/getUsers/${room!._id}`);

    expect(await rooms.json()).toMatchObject([{ _id: room!._id, name: 'tea' }]);
    expect(await inRoom.json()).toEqual(users);
  });

  it('lets a page from elsewhere ask', async () => {
    const response = await fetch(`${fixture.demo.url}/createToken`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://elsewhere',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });

    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  });

  it('lets no page run what is not its own', async () => {
    const response = await fetch(fixture.demo.url);

    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('says nothing of what went wrong inside', async () => {
    fixture.api.isDown = true;
    const rooms = await fetch(`${fixture.demo.url}/getRooms`);
    fixture.api.isDown = false;

    expect([rooms.status, await rooms.text()]).toEqual([503, 'Erizo Controller does not respond']);
  });
});

describe('clean-up at start', () => {
  it('deletes the empty rooms of earlier runs, except the default one', async () => {
    const tenant = newId();
    const room = (name: string, data?: Record<string, unknown>): FakeRoom => ({
      _id: newId(),
      service: tenant,
      name,
      data,
    });
    const ours = { basicExampleRoom: true };
    const busy = room('busy', ours);
    const rooms = [room('old', ours), room(DEFAULT_ROOM, ours), busy, room('by hand')];
    const fixture = await DemoFixture.start({}, (api) => {
      const name = 'nuvem-demo';
      const key = derivedKey(api.superservice.key, name);
      api.services.set(tenant, { _id: tenant, name, role: 'tenant', key });
      for (const one of rooms) api.rooms.set(one._id, one);
      api.users.set(busy._id, [{ name: 'ann' }]);
    });
    try {
      await fixture.api.until(() => fixture.api.rooms.size < rooms.length);
      await fetch(`${fixture.demo.url}/getRooms`);

      const left = [...fixture.api.rooms.values()].map(({ name }) => name);
      expect(left).toEqual([DEFAULT_ROOM, 'busy', 'by hand']);
    } finally {
      await fixture.close();
    }
  });

  it('leaves the room alone that somebody comes back to meanwhile', async () => {
    const tenant = newId();
    const name = 'nuvem-demo';
    const back = { _id: newId(), service: tenant, name: 'back', data: { basicExampleRoom: true } };
    let release = () => {};
    const fixture = await DemoFixture.start({}, (api) => {
      const key = derivedKey(api.superservice.key, name);
      api.services.set(tenant, { _id: tenant, name, role: 'tenant', key });
      api.rooms.set(back._id, back);
      release = api.hold(/GET .*users/);
    });
    try {
      await fixture.api.until(() => fixture.api.calls.some(({ path }) => path.endsWith('/users')));
      const token = await fetch(`${fixture.demo.url}/createToken`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ann', role: 'presenter', room: 'back' }),
      });
      expect(token.status).toBe(200);
      release();
      await fetch(`${fixture.demo.url}/getUsers/${back._id}`);
      expect([...fixture.api.rooms.keys()]).toEqual([back._id]);
    } finally {
      release();
      await fixture.close();
    }
  });
});

it('asks the API for so much at once, however many ask the backend and leave', async () => {
  const fixture = await DemoFixture.ready();
  const asked = () => fixture.api.calls.filter(({ path }) => path === '/rooms').length;
  try {
    await fetch(`${fixture.demo.url}/getRooms`);
    const before = asked();
    const release = fixture.api.hold(/GET \/rooms/);
    const leaving = new AbortController();
    const requests = Array.from({ length: 600 }, () =>
      fetch(`${fixture.demo.url}/getRooms`, { signal: leaving.signal }),
    );
    await fixture.api.until(() => asked() - before >= 200);
    leaving.abort();
    await Promise.allSettled(requests);
    await fetch(fixture.demo.url);
    expect(asked() - before).toBe(200);
    release();
  } finally {
    await fixture.close();
  }
});
