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
import {
  hostileRequests,
  type HostileRequest,
  type Operation,
  type Parameter,
} from './requests.js';
import type { Schema } from './schema-values.js';

const REQUESTS = 20_000;
const AT_ONCE = 64;
/** Rooms, services and nodes to begin with: more than the requests delete. */
const OF_EACH = 200;

/** An endless answer is no matter for this test; who may not see it is still refused. */
const NEVER_ALLOWED = ['streamActivity'];
/** A node made up would get rooms that it doesn't answer for, so that few registrations are whole. */
const SELDOM_WHOLE = ['registerErizoController'];

const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

interface Document {
  paths: Record<
    string,
    Record<string, Omit<Operation, 'method' | 'path'> & { security?: unknown }>
  >;
}

let server: TestApp;
let document: Document;
let operations: Operation[];
let clients: Record<'tenant' | 'other' | 'node' | 'superservice', ApiClient>;
let node: FakeNode;
/** What stands for each parameter of a path: own first, then somebody else's. */
let ids: Record<string, { own: string[]; foreign: string[] }>;
let foreignRooms: unknown;
let tokens: string[];

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  server = await startTestApp();
  clients = {
    superservice: server.superservice,
    tenant: await server.createService('tenant'),
    other: await server.createService('other'),
    node: await server.createService('node', 'node'),
  };
  document = (await server.superservice.get('/openapi.json')).json as Document;
  operations = operationsOf(document);
  node = await FakeNode.start(clients.node);
  node.keepBeating();
  const own = await createRooms(clients.tenant);
  tokens = await Promise.all(
    own.map(async (room) => (await clients.tenant.token(room, 'ann', 'presenter')).text),
  );
  for (const room of own) node.join(room, 'ann');
  const doomed = await Promise.all(
    Array.from({ length: OF_EACH }, () => server.createService('doomed')),
  );
  const foreign = await createRooms(clients.other);
  foreignRooms = (await clients.other.get('/rooms')).json;
  ids = {
    room: { own, foreign },
    service: { own: doomed.map(idOf), foreign: [UNKNOWN_ID, SUPERSERVICE.serviceId] },
    tenant: { own: [idOf(clients.tenant)], foreign: [UNKNOWN_ID] },
    user: { own: ['ann'], foreign: ['nobody'] },
    id: {
      own: await Promise.all(Array.from({ length: OF_EACH }, (_, index) => sacrifice(index))),
      foreign: [UNKNOWN_ID],
    },
  };
}, 60_000);

afterAll(async () => {
  agent.destroy();
  await node.close();
  await server.close();
});

describe('hostile requests', () => {
  it(`end nothing, are answered as documented and change nobody else’s (FUZZ_SEED=${seed})`, async () => {
    const resolve = (schema: Schema): Schema => {
      const name = schema.$ref?.split('/').at(-1);
      const { components } = document as unknown as {
        components: { schemas: Record<string, Schema> };
      };
      return (name && components.schemas[name]) || schema;
    };
    const arbitrary = fc.oneof(
      ...operations.map((operation) => hostileRequests(operation, resolve)),
    );
    const requests = fc.sample(arbitrary, { numRuns: REQUESTS, seed });
    const checker = new AnswerChecker(document);
    const wrong: string[] = [];
    const statuses = new Set<number>();
    const succeeded = new Set([...NEVER_ALLOWED, ...SELDOM_WHOLE]);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let made = requests[next++]; made; made = requests[next++]) {
        const answer = await send(made);
        statuses.add(answer.status);
        if (made.regular && answer.status === 200) succeeded.add(nameOf(made.operation));
        const problem = checker.check(made, answer);
        if (problem) wrong.push(`${problem}\n${describeRequest(made)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    expect(wrong.slice(0, 5).join('\n\n')).toBe('');
    // The generator got through to the routes, and to every kind of refusal.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 409, 413, 415]));
    expect(operations.map(nameOf).filter((name) => !succeeded.has(name))).toEqual([]);
    expect((await clients.other.get('/rooms')).json).toEqual(foreignRooms);
    expect((await server.superservice.get('/health/ready')).status).toBe(200);
    expect({}).not.toHaveProperty('a');
  }, 240_000);
});

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      errorCodes: (operation as unknown as Record<string, string[]>)['x-error-codes'] ?? [],
      signed: operation.security !== undefined,
    })),
  );
}

async function createRooms(client: ApiClient): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: OF_EACH }, (_, index) => client.post('/rooms', { name: `r${index}` })),
  );
  return answers.map(({ json }) => (json as { _id: string })._id);
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

function nameOf({ operationId }: Operation): string {
  return operationId;
}

function pathOf({ path, parameters, query }: HostileRequest): string {
  let index = 0;
  const filled = path.replaceAll(/{(\w+)}/g, (_, name: string) => {
    const parameter = parameters[index++];
    // The rooms belong to the tenant; the services that may be deleted have none.
    const owner = name === 'service' && path.includes('{room}') ? 'tenant' : name;
    return parameter ? valueOf(owner, parameter) : '';
  });
  return filled + query;
}

function valueOf(name: string, parameter: Parameter): string {
  if (parameter.kind === 'text') return parameter.text;
  const values = ids[name]?.[parameter.kind] ?? [];
  return values[parameter.pick % values.length] ?? '';
}

function authorizationOf({ operation, signer, user }: HostileRequest): string | undefined {
  if (signer === 'none') return undefined;
  if (signer === 'odd') return `MAuth ${JSON.stringify(user)},mauth_timestamp=9`;
  const client =
    signer === 'allowed' || signer === 'wrong key' ? allowed(operation) : clients[signer];
  if (!client.credentials) return undefined;
  const { serviceId, key } = client.credentials;
  return signMAuthSync({ serviceId, key: signer === 'wrong key' ? 'x' : key, ...user });
}

function allowed({ operationId, path }: Operation): ApiClient {
  if (NEVER_ALLOWED.includes(operationId)) return clients.tenant;
  if (/^\/(v1\/)?(services|activity|.*placement)/.test(path)) return clients.superservice;
  return /^\/(v1\/)?(nodes|tokens)/.test(path) ? clients.node : clients.tenant;
}

function send(made: HostileRequest): Promise<RawAnswer> {
  const headers: Record<string, string> = { ...made.headers };
  const authorization = authorizationOf(
    NEVER_ALLOWED.includes(made.operation.operationId) && made.signer === 'superservice'
      ? { ...made, signer: 'tenant' }
      : made,
  );
  if (authorization !== undefined) headers['authorization'] = authorization;
  const body = made.body?.replace('TOKEN', tokens[made.body.length % tokens.length] ?? '');
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
  const { method, headers, signer, user, body } = made;
  const rest = { headers, signer, user, body: body?.slice(0, 500) };
  return `${method} ${pathOf(made).slice(0, 200)} ${JSON.stringify(rest).slice(0, 700)}`;
}
