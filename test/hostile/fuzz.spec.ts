import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { signMAuthSync } from '@nuvem/client/node';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { AnswerChecker, type RawAnswer } from './answer-checker.js';
import { OpenApiDocument, type Operation } from './openapi-document.js';
import { PlainRequests } from './plain-requests.js';
import { hostileRequests, type HostileRequest, type Parameter } from './requests.js';
import { FittingValues } from './schema-values.js';

const REQUESTS = 20_000;
const AT_ONCE = 64;
/** What is answered to some: each to what it is for. */
const STATUSES = [200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422];
/** Rooms, services and nodes to begin with: more than the requests delete. */
const OF_EACH = 300;
/** Webhooks of a kind: all may be twenty. */
const WEBHOOKS = 8;

/** An endless answer is no matter for this test; who may not see it is still refused. */
const NEVER_ALLOWED = ['GET /v1/activity'];
const MOSTLY_SPARED = /^DELETE /;

const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let server: TestApp;
let document: OpenApiDocument;
let operations: Operation[];
let clients: Record<'tenant' | 'other' | 'node' | 'superservice', ApiClient>;
let node: FakeNode;
/** What stands for each parameter of a path: own first, then somebody else's. */
let ids: Record<string, { own: string[]; foreign: string[] }>;
let foreignRooms: unknown;
let tokens: string[];
/** By path of a list, its first page's. */
let cursors: Map<string, string>;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  // Neither is to come to its end while this runs, however long it takes.
  server = await startTestApp({ CONTROLLER_TIMEOUT_SECONDS: '3600', TOKEN_TTL_SECONDS: '3600' });
  clients = {
    superservice: server.superservice,
    tenant: await server.createService('tenant'),
    other: await server.createService('other'),
    node: await server.createService('node', 'node'),
  };
  const { json } = await server.superservice.get('/openapi.json');
  document = new OpenApiDocument(json as ConstructorParameters<typeof OpenApiDocument>[0]);
  operations = document.operations();
  node = await FakeNode.start(clients.node);
  await clients.tenant.patch(`/v1/services/${idOf(clients.tenant)}`, { eventLog: 'on' });
  const webhooks = await Promise.all(
    Array.from({ length: 2 * WEBHOOKS }, (_, index) => createWebhook(index)),
  );
  const own = await createRooms(clients.tenant);
  const issued = await Promise.all(own.map(issue));
  tokens = issued.map(({ token }) => token);
  for (const room of own) node.join(room, 'ann');
  const doomed = await Promise.all(
    Array.from({ length: OF_EACH }, () => server.createService('doomed')),
  );
  const foreign = await createRooms(clients.other);
  foreignRooms = (await clients.other.get('/rooms')).json;
  ids = {
    room: { own, foreign },
    service: { own: doomed.map(idOf), foreign: [UNKNOWN_ID, SUPERSERVICE.serviceId] },
    user: { own: ['ann'], foreign: ['nobody'] },
    userName: { own: ['ann'], foreign: ['nobody'] },
    ban: { own: await Promise.all([...own, ...own].map(ban)), foreign: [UNKNOWN_ID] },
    webhook: { own: webhooks.slice(0, WEBHOOKS), foreign: [UNKNOWN_ID] },
    doomedWebhook: { own: webhooks.slice(WEBHOOKS), foreign: [UNKNOWN_ID] },
    delivery: { own: await deliveriesTo(webhooks[0] ?? ''), foreign: [UNKNOWN_ID] },
    token: { own: issued.map(({ id }) => id), foreign: [UNKNOWN_ID] },
    node: {
      own: await Promise.all(Array.from({ length: OF_EACH }, (_, index) => sacrifice(index))),
      foreign: [UNKNOWN_ID],
    },
  };
  cursors = await firstCursors();
}, 120_000);

afterAll(async () => {
  agent.destroy();
  await node.close();
  await server.close();
});

describe('hostile requests', () => {
  it(`end nothing, are answered as documented and change nobody else’s (FUZZ_SEED=${seed})`, async () => {
    const arbitrary = fc.oneof(...operations.map(requestsOf));
    const requests = fc.sample(arbitrary, { numRuns: REQUESTS, seed });
    const checker = new AnswerChecker(document);
    const wrong: string[] = [];
    const statuses = new Set<number>();
    const succeeded = new Set(NEVER_ALLOWED);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let made = requests[next++]; made; made = requests[next++]) {
        const answer = await send(made);
        statuses.add(answer.status);
        if (made.regular && answer.status < 300) succeeded.add(made.operation.name);
        const problem = checker.check(made, answer);
        if (problem) wrong.push(`${problem}\n${describeRequest(made)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    expect(wrong.slice(0, 500).join('\n\n')).toBe('');
    // The generator got through to the routes, and to every kind of refusal.
    expect([...statuses]).toEqual(expect.arrayContaining(STATUSES));
    expect(operations.map(({ name }) => name).filter((name) => !succeeded.has(name))).toEqual([]);
    expect((await clients.other.get('/rooms')).json).toEqual(foreignRooms);
    expect((await server.superservice.get('/health/ready')).status).toBe(200);
    expect({}).not.toHaveProperty('a');
  }, 400_000);
});

/** To routes of Nuve's anything: they tolerate much. To those of /v1 also what is to be taken, and what is to be refused. */
function requestsOf(operation: Operation): fc.Arbitrary<HostileRequest> {
  const fitting = new FittingValues(document);
  const hostile = hostileRequests(operation, document, fitting);
  if (!operation.path.startsWith('/v1/') || NEVER_ALLOWED.includes(operation.name)) return hostile;
  const plain = new PlainRequests(document, fitting);
  const broken = plain.broken(operation);
  return fc.oneof(
    { weight: 4, arbitrary: hostile },
    { weight: MOSTLY_SPARED.test(operation.name) ? 1 : 3, arbitrary: plain.valid(operation) },
    ...(broken ? [{ weight: 3, arbitrary: broken }] : []),
  );
}

async function createRooms(client: ApiClient): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: OF_EACH }, (_, index) => client.post('/rooms', { name: `r${index}` })),
  );
  return answers.map(({ json }) => (json as { _id: string })._id);
}

async function issue(room: string): Promise<{ id: string; token: string }> {
  const request = { userName: 'ann', role: 'presenter' };
  const { json } = await clients.tenant.post(`/v1/rooms/${room}/tokens`, request);
  return json as { id: string; token: string };
}

/** Of the room with each even one, and of all rooms with each odd one. */
async function ban(room: string, index: number): Promise<string> {
  const path = index % 2 === 0 ? `/v1/rooms/${room}/bans` : '/v1/bans';
  const { json } = await clients.tenant.post(path, { userName: `mallory ${index}` });
  return (json as { id: string }).id;
}

/** One that leads to where nobody listens; the first has something to send. */
async function createWebhook(index: number): Promise<string> {
  const types = [index === 0 ? 'room.created' : 'webhook.disabled'];
  const webhook = { url: 'https://127.0.0.1:1/', types };
  const { json } = await clients.tenant.post('/v1/webhooks', webhook);
  return (json as { id: string }).id;
}

/** The ids of what was tried to be sent, once there is some. */
async function deliveriesTo(webhook: string): Promise<string[]> {
  for (;;) {
    const { json } = await clients.tenant.get(`/v1/webhooks/${webhook}/deliveries`);
    const { items } = json as { items: { id: string }[] };
    if (items.length > 0) return items.map(({ id }) => id);
  }
}

/** Where a second page begins of each list that has one. */
async function firstCursors(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { path, parameters, ...operation } of operations) {
    if (!parameters.some(({ name }) => name === 'cursor')) continue;
    const own = Array.from(path.match(/{\w+}/g) ?? [], () => ({ kind: 'own' as const, pick: 0 }));
    const filled = filledIn(path, own);
    const client = allowed({ ...operation, path, parameters });
    const { json } = await client.get(`${filled}?limit=1`);
    const { next } = json as { next: string | null };
    if (next !== null) found.set(path, next);
  }
  return found;
}

/** A node that may be changed and removed. */
async function sacrifice(index: number): Promise<string> {
  const registration = { ip: '192.0.2.7', hostname: '', port: 7_000 + index, secure: false };
  const { json } = await clients.node.post('/v1/nodes', registration);
  const { id } = json as { id: string };
  await clients.node.patch(`/v1/nodes/${id}`, { draining: true });
  return id;
}

function idOf(client: ApiClient): string {
  return client.credentials?.serviceId ?? '';
}

function filledIn(path: string, parameters: readonly Parameter[], method = 'GET'): string {
  let index = 0;
  return path.replaceAll(/{(\w+)}/g, (_, name: string) => {
    const parameter = parameters[index++];
    // There are few webhooks: what is deleted is not what is asked for otherwise.
    const kind = name === 'webhook' && method === 'DELETE' ? 'doomedWebhook' : name;
    return parameter ? valueOf(kind, parameter) : '';
  });
}

/** Without the cursor, where there is none to be had. */
function pathOf({ operation, method, path, parameters, query }: HostileRequest): string {
  const cursor = cursors.get(operation.path);
  const filled =
    cursor === undefined ? query.replace(/cursor=CURSOR&?/, '') : query.replace('CURSOR', cursor);
  return filledIn(path, parameters, method) + filled;
}

function valueOf(name: string, parameter: Parameter): string {
  if (parameter.kind === 'text') return parameter.text;
  const values = ids[name]?.[parameter.kind] ?? [];
  return values[parameter.pick % values.length] ?? '';
}

function authorizationOf(made: HostileRequest): string | undefined {
  const { operation, signer, scheme, user } = made;
  if (signer === 'none') return undefined;
  if (signer === 'odd') return `MAuth ${JSON.stringify(user)},mauth_timestamp=9`;
  const client =
    signer === 'allowed' || signer === 'wrong key' ? allowed(operation) : clients[signer];
  if (!client.credentials) return undefined;
  const { serviceId, key: own } = client.credentials;
  const key = signer === 'wrong key' ? 'x' : own;
  if (scheme === 'basic' && operation.path.startsWith('/v1/')) {
    return `Basic ${Buffer.from(`${serviceId}:${key}`).toString('base64')}`;
  }
  return signMAuthSync({ serviceId, key, ...user });
}

function allowed({ name, path }: Operation): ApiClient {
  if (NEVER_ALLOWED.includes(name)) return clients.tenant;
  if (/^\/(v1\/)?(services|activity|.*placement)/.test(path)) return clients.superservice;
  return /^\/(v1\/)?(nodes|tokens)/.test(path) ? clients.node : clients.tenant;
}

function send(made: HostileRequest): Promise<RawAnswer> {
  const headers: Record<string, string> = { ...made.headers };
  const authorization = authorizationOf(
    NEVER_ALLOWED.includes(made.operation.name) && made.signer === 'superservice'
      ? { ...made, signer: 'tenant' }
      : made,
  );
  if (authorization !== undefined) headers['authorization'] = authorization;
  const body = made.body?.replace(/TOKEN(\d+)/, (_, pick) => tokens[Number(pick) % OF_EACH] ?? '');
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const options = { method: made.method, path: pathOf(made), headers, agent };
    const { hostname: host, port } = new URL(server.url);
    httpRequest({ ...options, host, port }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString(),
        }),
      );
    })
      .on('error', (cause) => reject(new Error(describeRequest(made), { cause })))
      .end(body);
  });
}

function describeRequest(made: HostileRequest): string {
  const { kind, method, headers, signer, scheme, user, body } = made;
  const rest = { kind, headers, signer, scheme, user, body: body?.slice(0, 500) };
  return `${method} ${pathOf(made).slice(0, 200)} ${JSON.stringify(rest).slice(0, 700)}`;
}
