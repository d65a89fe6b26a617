import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiClient } from '../src/api-client.js';
import { parseMAuth } from '../src/signing/mauth.js';
import { verifyMAuth } from '../src/node.js';
import { segment } from '../src/path.js';

const CREDENTIALS = { serviceId: '65f0c0ffee65f0c0ffee65f0', key: 'a key' };

let server: Server;
let url: string;
let requests: IncomingMessage[];
let respond: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    respond(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function client(timeoutMs?: number, base = url): ApiClient {
  requests = [];
  return new ApiClient(base, CREDENTIALS, timeoutMs);
}

const says = (status: number, text: string) => (response: ServerResponse) =>
  void response.writeHead(status).end(text);

describe('a call', () => {
  it('is signed anew each time, and gives the JSON of its response', async () => {
    respond = says(200, '{"_id":"1"}');
    const nuvem = client();
    for (let i = 0; i < 2; i++) {
      await expect(nuvem.request('POST', '/rooms', { name: 'r' })).resolves.toEqual({ _id: '1' });
    }
    const headers = requests.map(({ headers: { authorization } }) => parseMAuth(authorization));
    expect(headers.map((fields) => fields && verifyMAuth(fields, CREDENTIALS.key))).toEqual([
      true,
      true,
    ]);
    expect(headers[0]?.cnonce).not.toBe(headers[1]?.cnonce);
  });

  it('has no credentials of a browser, which would ask for some when the API answers 401', async () => {
    respond = says(200, '[]');
    const fetched = jest.spyOn(globalThis, 'fetch');
    await client().request('GET', '/rooms');
    const [, options] = fetched.mock.lastCall ?? [];
    fetched.mockRestore();
    expect(options?.credentials).toBe('omit');
  });

  it('has the headers that are given, but for those that sign it', async () => {
    respond = says(200, '[]');
    const headers = { 'nuvem-service': '65f0', authorization: 'none' };
    await client().request('GET', '/v1/rooms', undefined, { headers });
    expect(requests[0]?.headers['nuvem-service']).toBe('65f0');
    const signed = parseMAuth(requests[0]?.headers.authorization);
    expect(signed?.serviceId).toBe(CREDENTIALS.serviceId);
  });

  it('gives text where the response is not JSON', async () => {
    respond = says(200, 'Room deleted');
    await expect(client().request('DELETE', '/rooms/1')).resolves.toBe('Room deleted');
  });

  it('goes below the path of its base, and keeps the query', async () => {
    respond = says(200, '[]');
    for (const base of [`${url}/nuvem`, `${url}/nuvem/`]) {
      await client(undefined, base).request('GET', '/rooms?name=a%20b');
      expect(requests.map((request) => request.url)).toEqual(['/nuvem/rooms?name=a%20b']);
    }
  });

  it.each([
    ['a code', '{"code":"ROOM_NOT_FOUND","detail":"Room does not exist"}', 'ROOM_NOT_FOUND'],
    ['none', 'gone', 'HTTP_404'],
  ])('throws what the API refuses with %s', async (_, text, code) => {
    respond = says(404, text);
    const call = client().request('GET', '/rooms/1');
    await expect(call).rejects.toMatchObject({ name: 'ApiError', status: 404, code });
  });

  it.each([
    [
      { detail: 'Invalid request', errors: [{ field: 'name', message: 'is too long' }] },
      'Invalid request (name: is too long)',
    ],
    [
      {
        detail: 'controlUrl leads nowhere; port must be a number',
        errors: [
          { field: 'controlUrl', message: 'controlUrl leads nowhere' },
          { field: 'port', message: 'port must be a number' },
          { field: 'labels', message: 'must be an object' },
        ],
      },
      'controlUrl leads nowhere; port must be a number (labels: must be an object)',
    ],
    [{ errors: [{ field: 'a', message: 'b' }, null, { field: 1 }] }, 'The API answered 400 (a: b)'],
    [{ detail: 'Invalid room', errors: 'none' }, 'Invalid room'],
  ])('says which fields are wrong, each once: %j', async (problem, message) => {
    respond = says(400, JSON.stringify(problem));
    await expect(client().request('POST', '/rooms')).rejects.toMatchObject({ message });
  });

  it.each([
    ['nothing', () => {}],
    ['half a body', (response: ServerResponse) => void response.write('{"a":')],
    ['a lost connection', (response: ServerResponse) => void response.destroy()],
    [
      'a redirect',
      (response: ServerResponse) => void response.writeHead(302, { location: '/x' }).end(),
    ],
  ])('throws NO_ANSWER for %s', async (_, act) => {
    respond = act;
    const call = client(200).request('GET', '/rooms');
    await expect(call).rejects.toMatchObject({ status: 0, code: 'NO_ANSWER', isOutage: true });
  });

  it.each(['/rooms/1/users/..', '/rooms/1/users/.', '/rooms/1/users/%2e%2e', '/a/../rooms'])(
    'is not sent to another path than %s',
    async (path) => {
      const call = client().request('DELETE', path);
      await expect(call).rejects.toThrow('No such path');
      expect(requests).toEqual([]);
    },
  );
});

describe('segment', () => {
  it('makes any name a part of a path, but for those that lead out of it', () => {
    expect(segment('a/b c?')).toBe('a%2Fb%20c%3F');
    expect(segment('...')).toBe('...');
    for (const name of ['.', '..']) expect(() => segment(name)).toThrow('No such name');
  });
});
