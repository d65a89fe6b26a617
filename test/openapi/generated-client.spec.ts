import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FakeNode } from '../support/fake-node.js';
import { OBJECT_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the project, so that the compiler finds the packages. */
const CACHE = join(PROJECT, 'node_modules/.cache');

/** What a user of the API writes. */
const PROGRAM = `
import createClient, { type Middleware } from 'openapi-fetch';
import { createHmac, randomInt } from 'node:crypto';
import type { paths } from './api.js';

const [url = '', serviceId = '', key = ''] = process.argv.slice(2);

const signing: Middleware = {
  onRequest({ request }) {
    const toSign = [Date.now(), randomInt(2 ** 47)];
    const hex = createHmac('sha256', key).update(toSign.join()).digest('hex');
    request.headers.set(
      'authorization',
      'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA256' +
        \`,mauth_serviceid=\${serviceId},mauth_cnonce=\${toSign[1]},mauth_timestamp=\${toSign[0]}\` +
        \`,mauth_signature=\${Buffer.from(hex).toString('base64')}\`,
    );
    return request;
  },
};

const client = createClient<paths>({ baseUrl: url, headers: { accept: 'application/json, text/plain' } });
client.use(signing);

const created = await client.POST('/rooms', {
  body: { name: 'typed', options: { data: { color: 'red' }, maxParticipants: 4 } },
});
const room: string = created.data?._id ?? '';
const token = await client.POST('/rooms/{room}/tokens', {
  params: { path: { room } },
  body: { userName: 'ann', role: 'presenter' },
  parseAs: 'text',
});
const listed = await client.GET('/rooms', { params: { query: { limit: 10, name: 'typed' } } });
const missing = await client.GET('/rooms/{room}', { params: { path: { room: 'none' } } });
process.stdout.write(
  JSON.stringify({
    created: created.data,
    token: token.data,
    names: listed.data?.map(({ name }) => name),
    missing: missing.error,
  }),
);
`;

let server: TestApp;
let node: FakeNode;
let directory: string;

beforeAll(async () => {
  server = await startTestApp();
  node = await FakeNode.start(await server.createService('nodes', 'node'));
  node.keepBeating();
  await mkdir(CACHE, { recursive: true });
  directory = await mkdtemp(join(CACHE, 'nuvem-client-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await node.close();
  await server.close();
});

const bin = (name: string): string => join(PROJECT, 'node_modules/.bin', name);

describe('a client generated from openapi.json', () => {
  it('compiles, makes a room and gets a token', async () => {
    await run(bin('openapi-typescript'), [
      join(PROJECT, 'openapi.json'),
      '--output',
      join(directory, 'api.d.ts'),
    ]);
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await writeFile(join(directory, 'program.ts'), PROGRAM);
    const compiler = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const program = join(directory, 'program.ts');
    await run(bin('tsc'), [...compiler, '--skipLibCheck', '--ignoreConfig', program]);

    const tenant = await server.createService('tenant');
    const { serviceId = '', key = '' } = tenant.credentials ?? {};
    const args = [join(directory, 'program.js'), server.url, serviceId, key];
    const { stdout } = await run(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({
      created: { _id: OBJECT_ID, name: 'typed', data: { color: 'red' }, maxParticipants: 4 },
      token: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      names: ['typed'],
      missing: {
        type: '/docs/errors#ROOM_NOT_FOUND',
        title: 'Not Found',
        status: 404,
        detail: 'Room does not exist',
        code: 'ROOM_NOT_FOUND',
      },
    });
  });
});
