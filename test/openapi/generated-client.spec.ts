import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OBJECT_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the project, so that the compiler finds the packages. */
const CACHE = join(PROJECT, 'node_modules/.cache');

/** What a user of the API writes: the whole job, with nothing but ids and keys. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths, webhooks } from './api.js';

const [baseUrl = '', superserviceId = '', superserviceKey = '', controlUrl = ''] = process.argv.slice(2);

function clientOf(id: string, key: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: \`Basic \${btoa(\`\${id}:\${key}\`)}\` } });
}

/** What an answer holds, which the type says when it is no error. */
function known<T>({ data, error }: { data?: T; error?: components['schemas']['Problem'] }): T {
  if (data === undefined) throw new Error(\`\${error?.code}: \${error?.detail}\`);
  return data;
}

/** The type of an event says what its data is. */
function subjectOf(event: components['schemas']['Event']): string {
  switch (event.type) {
    case 'room.created':
      return event.data.room.id;
    case 'token.refused':
      return \`\${event.data.token.id} \${event.data.reason}\`;
    case 'node.lost':
      return event.data.node.host;
    default:
      // @ts-expect-error: not every event has a room in its data
      return event.data.room.id;
  }
}

type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Schemas = components['schemas'];
type Sent = webhooks['room.created']['post']['requestBody']['content']['application/json'];
const isTyped: [
  Same<Schemas['RoomCreatedEvent']['data']['room']['id'], string>,
  Same<Sent, Schemas['RoomCreatedEvent']>,
  Same<Schemas['Event']['type'], Schemas['EventType']>,
  Same<Schemas['WebhookTestEvent']['type'], 'webhook.test'>,
] = [true, true, true, true];

const admin = clientOf(superserviceId, superserviceKey);
const services = [];
for (const body of [{ name: 'acme' }, { name: 'media', role: 'node' }] as const) {
  services.push(known(await admin.POST('/v1/services', { body })));
}
const [acme, media] = services;
const tenant = clientOf(acme!.id, acme!.key);
const nodes = clientOf(media!.id, media!.key);

const node = known(
  await nodes.POST('/v1/nodes', { body: { ip: '192.0.2.9', port: 8080, secure: true, controlUrl } }),
);
const params = { path: { node: node.id } };
const beat = await nodes.PUT('/v1/nodes/{node}/heartbeat', { params, body: { state: 2, load: 0.5 } });

const body = { name: 'typed', data: { color: 'red' }, maxParticipants: 4 };
const created = await tenant.POST('/v1/rooms', { body });
const room = known(created);
const path = { room: room.id };
const listed = known(
  await tenant.GET('/v1/rooms', { params: { query: { limit: 10, name: 'typed' } } }),
);
const issued = known(
  await tenant.POST('/v1/rooms/{room}/tokens', {
    params: { path },
    body: { userName: 'ann', role: 'presenter' },
  }),
);
const redeemed = known(await nodes.POST('/v1/tokens/redeem', { body: { token: issued.token } }));
const again = await admin.POST('/v1/tokens/redeem', { body: { token: issued.token } });
const { items } = known(await tenant.GET('/v1/rooms/{room}/participants', { params: { path } }));
const cleared = known(
  await tenant.PATCH('/v1/rooms/{room}', { params: { path }, body: { data: null } }),
);
const log = known(
  await tenant.GET('/v1/events', { params: { query: { wait: 25, types: 'room.created' } } }),
);
const removed = await tenant.DELETE('/v1/rooms/{room}', { params: { path } });
const missing = await tenant.GET('/v1/rooms/{room}', { params: { path } });

process.stdout.write(
  JSON.stringify({
    location: created.response.headers.get('location') === \`/v1/rooms/\${room.id}\`,
    beat: beat.response.status,
    room,
    names: listed.items.map(({ name }) => name),
    next: listed.next,
    host: issued.host,
    redeemed: [redeemed.userName, redeemed.role, redeemed.roomId === room.id],
    again: again.error?.code,
    participants: items.map(({ userName }) => userName),
    cleared: [cleared.data ?? null, cleared.maxParticipants],
    told: (typeof log === 'string' ? [] : log.items).map(subjectOf).join() === room.id && isTyped.every(Boolean),
    removed: removed.response.status,
    missing: missing.error,
  }),
);
`;

let server: TestApp;
let control: Server;
let directory: string;

beforeAll(async () => {
  server = await startTestApp();
  control = createServer((_request, response) => {
    response.end(JSON.stringify([{ name: 'ann', role: 'presenter' }]));
  }).listen(0, '127.0.0.1');
  await once(control, 'listening');
  await mkdir(CACHE, { recursive: true });
  directory = await mkdtemp(join(CACHE, 'nuvem-client-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  control.close();
  await server.close();
});

const bin = (name: string): string => join(PROJECT, 'node_modules/.bin', name);

describe('a client generated from openapi.json', () => {
  it('compiles, and does the whole job with ids and keys', async () => {
    // In a folder of its own: in this one it would take the rules of our lint for its own.
    const generate = [join(PROJECT, 'openapi.json'), '--output', 'api.d.ts'];
    await run(bin('openapi-typescript'), generate, { cwd: directory });
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await writeFile(join(directory, 'program.ts'), PROGRAM);
    const compiler = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const program = join(directory, 'program.ts');
    await run(bin('tsc'), [...compiler, '--skipLibCheck', '--ignoreConfig', program]).catch(
      ({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout)),
    );

    const { port } = control.address() as AddressInfo;
    const { serviceId, key } = SUPERSERVICE;
    const args = [server.url, serviceId, key, `http://127.0.0.1:${port}`];
    const { stdout } = await run(process.execPath, [join(directory, 'program.js'), ...args]);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(JSON.parse(stdout)).toEqual({
      location: true,
      beat: 204,
      room: {
        id: OBJECT_ID,
        name: 'typed',
        p2p: false,
        status: 'open',
        data: { color: 'red' },
        maxParticipants: 4,
        createdAt: time,
        updatedAt: time,
      },
      names: ['typed'],
      next: null,
      host: '192.0.2.9:8080',
      redeemed: ['ann', 'presenter', true],
      again: 'TOKEN_USED',
      participants: ['ann'],
      cleared: [null, 4],
      told: true,
      removed: 204,
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
