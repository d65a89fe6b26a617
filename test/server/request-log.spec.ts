import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { UNKNOWN_ID } from '../support/shapes.js';

jest.setTimeout(120_000);

let directory: DataDirectory;
let running: NuvemProcess;
let tenant: ApiClient;

beforeAll(async () => {
  directory = await DataDirectory.make();
  running = directory.start({ LOG_LEVEL: 'debug' });
  const superservice = await directory.client(await running.url());
  const { json } = await superservice.post('/services', { name: 'tenant' });
  const { _id, key } = json as { _id: string; key: string };
  tenant = superservice.as({ serviceId: _id, key });
});

afterAll(() => directory.remove());

/** The line of this kind about the request with this id. */
async function lineOf(id: string, message: string): Promise<Record<string, unknown>> {
  const [line] = await running.wrote(new RegExp(`\\{[^\\n]*"reqId":"${id}"[^\\n]*"${message}"\\}`));
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the line of a request', () => {
  it.each(['/rooms', '/v1/rooms'])('names its service and its room, below %s', async (path) => {
    const id = `read-${path.replaceAll('/', '-')}`;
    const { headers } = await tenant.get(`${path}/${UNKNOWN_ID}`, {
      headers: { 'x-request-id': id },
    });
    expect(headers.get('x-request-id')).toBe(id);
    const line = await lineOf(id, 'request');
    expect(line).toMatchObject({ level: 30, status: 404 });
    expect(line['req']).toEqual({
      method: 'GET',
      url: `${path}/${UNKNOWN_ID}`,
      ip: '127.0.0.1',
      service: tenant.credentials?.serviceId,
      room: UNKNOWN_ID,
    });
  });

  it('names no room where the route has none', async () => {
    await tenant.get('/v1/rooms', { headers: { 'x-request-id': 'list' } });
    const line = await lineOf('list', 'request');
    expect(line).toMatchObject({ level: 20, status: 200 });
    expect(line['req']).toEqual({
      method: 'GET',
      url: '/v1/rooms',
      ip: '127.0.0.1',
      service: tenant.credentials?.serviceId,
    });
  });

  it('names no service that has not signed in, and the reason', async () => {
    const headers = { 'x-request-id': 'refused' };
    await tenant.get(`/v1/rooms/${UNKNOWN_ID}`, { headers, sign: { key: 'wrong' } });
    const req = {
      method: 'GET',
      url: `/v1/rooms/${UNKNOWN_ID}`,
      ip: '127.0.0.1',
      room: UNKNOWN_ID,
    };
    expect(await lineOf('refused', 'sign-in refused')).toMatchObject({
      req,
      reason: 'unknown service or signature',
    });
    expect((await lineOf('refused', 'request'))['req']).toEqual(req);
  });

  it('has an id that is made where the one of the caller would spoil it', async () => {
    const { headers } = await tenant.get('/v1/rooms', { headers: { 'x-request-id': 'a "b"' } });
    const id = headers.get('x-request-id') ?? '';
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect((await lineOf(id, 'request'))['status']).toBe(200);
  });
});
