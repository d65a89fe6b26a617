import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { API, type Params } from '../src/n-api/index.js';
import { verifyMAuth } from '../src/node.js';
import { parseMAuth } from '../src/signing/mauth.js';

const SERVICE = { service: '65f0c0ffee65f0c0ffee65f0', key: 'a key' };
const ROOM = '65f0c0ffee65f0c0ffee65f1';
const NOT_INITIALISED: Partial<Params> = { service: undefined, key: undefined, url: undefined };

let server: Server;
let url: string;
let received: { request: IncomingMessage; body: string }[];
let respond: (response: ServerResponse) => void;

const says = (status: number, text: string) => (response: ServerResponse) =>
  void response.writeHead(status).end(text);

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({ request, body });
      respond(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  received = [];
  respond = says(200, '{}');
  API.init(SERVICE.service, SERVICE.key, url);
});

/** The request that came in: its method, path and body. */
function sent(): string {
  const [{ request, body } = {}] = received;
  return `${request?.method} ${request?.url} ${body}`.trim();
}

const CALLS: [expected: string, ask: () => Promise<unknown>][] = [
  ['POST /rooms {"name":"r","options":{}}', () => API.createRoom('r')],
  [
    'POST /rooms {"name":"r","options":{"p2p":true,"data":{"a":1}}}',
    () => API.createRoom('r', undefined, undefined, { p2p: true, data: { a: 1 } }),
  ],
  ['GET /rooms', () => API.getRooms()],
  [`GET /rooms/${ROOM}`, () => API.getRoom(ROOM)],
  [`PUT /rooms/${ROOM} {"name":"r"}`, () => API.updateRoom(ROOM, 'r')],
  [
    `PUT /rooms/${ROOM} {"name":"r","options":{"p2p":false}}`,
    () => API.updateRoom(ROOM, 'r', undefined, undefined, { p2p: false }),
  ],
  [
    `PATCH /rooms/${ROOM} {"options":{"data":{"b":2}}}`,
    () => API.patchRoom(ROOM, undefined, undefined, undefined, { data: { b: 2 } }),
  ],
  [`DELETE /rooms/${ROOM}`, () => API.deleteRoom(ROOM)],
  [`POST /rooms/${ROOM}/tokens`, () => API.createToken(ROOM, 'ann', 'presenter')],
  ['POST /services/ {"name":"s","key":"k"}', () => API.createService('s', 'k')],
  ['GET /services/', () => API.getServices()],
  ['GET /services/1', () => API.getService('1')],
  ['DELETE /services/1', () => API.deleteService('1')],
  [`GET /rooms/${ROOM}/users/`, () => API.getUsers(ROOM)],
  [`GET /rooms/${ROOM}/users/ann`, () => API.getUser(ROOM, 'ann')],
  [`DELETE /rooms/${ROOM}/users/ann`, () => API.deleteUser(ROOM, 'ann')],
];

describe('a request', () => {
  it.each(CALLS)("is sent as Licode's client sends it: %s", async (expected, ask) => {
    await ask();
    expect(sent()).toBe(expected);
    const { headers } = received[0]!.request;
    expect(headers).toMatchObject({ accept: '*/*', 'user-agent': 'node.js' });
    expect(headers['content-type']).toBe(expected.endsWith('}') ? 'application/json' : undefined);
    const fields = parseMAuth(headers.authorization)!;
    expect(fields).toMatchObject({ serviceId: SERVICE.service, method: 'HMAC_SHA1' });
    expect(verifyMAuth(fields, SERVICE.key)).toBe(true);
  });

  it('goes to whom its params name, if any', async () => {
    API.init('nobody', 'none', 'http://127.0.0.1:1/');
    await API.getRooms(undefined, undefined, { service: 'other', key: 'other key', url });
    const fields = parseMAuth(received[0]?.request.headers.authorization)!;
    expect(fields.serviceId).toBe('other');
    expect(verifyMAuth(fields, 'other key')).toBe(true);
  });

  it('goes to whom N.API.params name, also when they were replaced', async () => {
    const { params } = API;
    try {
      API.params = { ...SERVICE, key: 'replaced', url };
      await API.getRooms();
    } finally {
      API.params = params;
    }
    expect(verifyMAuth(parseMAuth(received[0]?.request.headers.authorization)!, 'replaced')).toBe(
      true,
    );
  });

  it.each([
    ['nuve', 'GET /nuve/rooms'],
    ['nuve/', 'GET /nuve/rooms'],
  ])('goes below the path of its URL: %s', async (path, expected) => {
    API.init(SERVICE.service, SERVICE.key, url + path);
    await API.getRooms();
    expect(sent()).toBe(expected);
  });

  it.each([
    ['a b', 'a%20b'],
    ['a/b?c#d', 'a%2Fb%3Fc%23d'],
    ['josé 😀', 'jos%C3%A9%20%F0%9F%98%80'],
    ['a\\b', 'a%5Cb'],
    ['100%', '100%25'],
    // Callers had to escape names themselves.
    ['a%2Fb%20c', 'a%2Fb%20c'],
    ['...', '...'],
  ])('has the name %s as one part of its path', async (name, part) => {
    await API.deleteUser(ROOM, name);
    expect(sent()).toBe(`DELETE /rooms/${ROOM}/users/${part}`);
  });

  it.each(['.', '..', '%2e%2E'])(
    'for the name %s, which leads elsewhere, is not sent',
    async (name) => {
      const refused = jest.fn();
      const answered = API.deleteUser(ROOM, name, undefined, refused);
      await expect(answered).rejects.toMatchObject({ status: 404 });
      expect(refused.mock.calls).toEqual([['404 ErrorResource not found', 404]]);
      expect(received).toEqual([]);
    },
  );
});

describe('a token request', () => {
  const userOf = async (name: string, role = 'presenter') => {
    await API.createToken(ROOM, name, role);
    const [{ request, body } = {}] = received;
    const fields = parseMAuth(request?.headers.authorization)!;
    expect(verifyMAuth(fields, SERVICE.key)).toBe(true);
    return { user: fields.user, body };
  };

  it.each([
    ['ANN', 'ann'],
    ['José Ángel Ñandú', 'jose angel nandu'],
    ['ÀÁÂÃÄÅ Æ Ç ÈÉÊË ÌÍÎÏ', 'aaaaaa ae c eeee iiii'],
    ['ÒÓÔÕÖ Œ ÙÚŰÛÜ ÝŸ', 'ooooo oe uuuuu yy'],
    ['Straße & Søn <x=y>', 'straße & søn <x=y>'],
    [' two ', ' two '],
  ])('signs the name %s as %s', async (name, username) => {
    await expect(userOf(name)).resolves.toEqual({
      user: { username, role: 'presenter' },
      body: '',
    });
  });

  it.each([
    ['Ann, Bob', 'ann, bob'],
    ['李雷', '李雷'],
    ['😀\r\nx', '😀\r\nx'],
  ])('has a name in its body that no header can hold: %j', async (name, userName) => {
    await expect(userOf(name)).resolves.toEqual({
      user: undefined,
      body: JSON.stringify({ userName, role: 'presenter' }),
    });
  });

  it.each([
    ['', 'presenter'],
    ['ann', ''],
  ])('leaves out name and role where one is empty: %j, %j', async (name, role) => {
    await expect(userOf(name, role)).resolves.toEqual({ user: undefined, body: '' });
  });
});

describe('an answer', () => {
  it.each([200, 201, 202, 203])('of %d is given as its text', async (status) => {
    respond = says(status, '[{"name":"é"}]');
    const callback = jest.fn();
    await expect(API.getRooms(callback)).resolves.toBe('[{"name":"é"}]');
    expect(callback.mock.calls).toEqual([['[{"name":"é"}]']]);
  });

  it('is the room itself for createRoom alone', async () => {
    respond = says(200, '{"_id":"1","name":"r"}');
    const callback = jest.fn();
    await expect(API.createRoom('r', callback)).resolves.toEqual({ _id: '1', name: 'r' });
    expect(callback.mock.calls).toEqual([[{ _id: '1', name: 'r' }]]);
  });

  it.each([206, 302, 400, 401, 404, 500])('of %d is an error with its text', async (status) => {
    respond = says(status, 'because');
    const [callback, refused] = [jest.fn(), jest.fn()];
    const message = `${status} Errorbecause`;
    const answered = API.getRoom(ROOM, callback, refused);
    await expect(answered).rejects.toMatchObject({ message, status, code: `HTTP_${status}` });
    expect(refused.mock.calls).toEqual([[message, status]]);
    expect(callback).not.toHaveBeenCalled();
  });

  it('to createRoom that is no JSON is an error', async () => {
    respond = says(200, '<html>');
    const refused = jest.fn();
    const answered = API.createRoom('r', undefined, refused);
    await expect(answered).rejects.toMatchObject({ message: '200 Error<html>', status: 200 });
    expect(refused.mock.calls).toEqual([['200 Error<html>', 200]]);
  });

  it.each([
    ['a lost connection', (response: ServerResponse) => void response.destroy()],
    [
      'half a body',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 9 });
        response.write('half', () => response.destroy());
      },
    ],
  ])('that is %s is 503, with the reason', async (_, act) => {
    respond = act;
    const refused = jest.fn();
    const answered = API.getRooms(undefined, refused);
    await expect(answered).rejects.toMatchObject({ status: 503, code: 'NO_ANSWER' });
    const reason = expect.stringMatching(/^503 ErrorError: (socket hang up|aborted)\n {4}at /);
    expect(refused.mock.calls).toEqual([[reason, 503]]);
  });
});

describe('what cannot be sent', () => {
  it.each([
    ['', 'a key'],
    [SERVICE.service, ''],
  ])('says on the console that id or key is missing: %j, %j', async (service, key) => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    const [callback, refused] = [jest.fn(), jest.fn()];
    API.init(service, key, url);
    const answered = API.getRooms(callback, refused);
    await expect(answered).rejects.toMatchObject({ status: 401 });
    expect(log.mock.calls).toEqual([['ServiceID and Key are required!!']]);
    log.mockRestore();
    for (const call of [callback, refused]) expect(call).not.toHaveBeenCalled();
    expect(received).toEqual([]);
  });

  it.each([
    ['before init', NOT_INITIALISED, 'N.API.init was not called'],
    ['no URL', { ...SERVICE, url: 'nuve' }, 'Invalid URL'],
    ['another protocol', { ...SERVICE, url: 'ftp://nuve/' }, 'Protocol "ftp:" not supported'],
  ])('throws at once: %s', (_, params, message) => {
    expect(() => API.getRooms(() => {}, undefined, params as Params)).toThrow(message);
  });
});
