import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection } from 'mongoose';
import { isDeepStrictEqual } from 'node:util';
import { ALLOWED_ROLES } from '../../src/auth/allow.decorator.js';
import { IS_PUBLIC } from '../../src/auth/public.decorator.js';
import { Leader } from '../../src/database/leader/leader.service.js';
import type { ApiClient } from '../support/api-client.js';
import { FakeNode } from '../support/fake-node.js';
import { routesOf, type Route } from '../support/routes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Written every few seconds whatever is asked for. */
const NOT_OF_REQUESTS = ['activity', 'leases', 'serviceRemovals'];

interface Schema {
  $ref?: string;
  properties?: Record<string, { example?: unknown }>;
}

interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface ValidRequest {
  path: string;
  body?: object;
}

let server: TestApp;
let connection: Connection;
let tenant: ApiClient;
let node: FakeNode;
let document: Document;
let lastPort = 9_000;

beforeAll(async () => {
  // Nobody sends a heartbeat here: it would be one more write.
  server = await startTestApp({ CONTROLLER_TIMEOUT_SECONDS: '600' });
  // Nor is anything done in the background.
  await server.app.get(Leader, { strict: false }).onModuleDestroy();
  connection = server.app.get<Connection>(getConnectionToken());
  tenant = await server.createService('tenant');
  node = await FakeNode.start(await server.createService('node', 'node'));
  document = (await server.superservice.get('/openapi.json')).json as Document;
});

afterAll(async () => {
  await node.close();
  await server.close();
});

/** Somebody who may call the route. */
function signerOf({ handler, controller }: Route): ApiClient {
  const targets = [handler, controller];
  const roles =
    new Reflector().getAllAndOverride<string[] | undefined>(ALLOWED_ROLES, targets) ?? [];
  if (roles.includes('tenant')) return tenant;
  return roles.includes('node') ? node.client : server.superservice;
}

/** A room of this service on the node, with one participant. */
async function createPlacedRoom(service: ApiClient): Promise<string> {
  const _id = await service.createRoom();
  const erizoControllerId = new Types.ObjectId(node.id);
  await connection
    .collection('rooms')
    .updateOne({ _id: new Types.ObjectId(_id) }, { $set: { erizoControllerId } });
  node.join(_id, 'alice');
  return _id;
}

/** @returns the id of a token for this room */
async function issueToken(service: ApiClient, room: string): Promise<string> {
  const request = { userName: 'bob', role: 'viewer' };
  const { json } = await service.post(`/v1/rooms/${room}/tokens`, request);
  return (json as { id: string }).id;
}

/** @returns the id of a ban of this room, or of all of them */
async function ban(service: ApiClient, room?: string): Promise<string> {
  const path = room === undefined ? '/v1/bans' : `/v1/rooms/${room}/bans`;
  const { json } = await service.post(path, { userName: `mallory ${++lastPort}` });
  return (json as { id: string }).id;
}

async function createWebhook(service: ApiClient): Promise<string> {
  const { json } = await service.post('/v1/webhooks', { url: 'http://127.0.0.1:9/' });
  return (json as { id: string }).id;
}

/** @returns the id of a delivery that has failed */
async function createDelivery(service: ApiClient, webhook: string): Promise<string> {
  const _id = new Types.ObjectId();
  await connection.collection('webhookDeliveries').insertOne({
    _id,
    service: new Types.ObjectId(service.credentials?.serviceId),
    webhook: new Types.ObjectId(webhook),
    event: new Types.ObjectId(),
    type: 'room.created',
    sequence: 1,
    status: 'failed',
    attempts: [],
    failures: 10,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  return _id.toHexString();
}

async function registerNode(): Promise<string> {
  const registration = { ip: '192.0.2.9', hostname: '', port: ++lastPort, secure: false };
  const { json } = await node.client.post('/v1/nodes', registration);
  return (json as { id: string }).id;
}

/** A request that the route carries out, about things that no other request is about. */
async function requestFor(route: Route): Promise<ValidRequest> {
  const { path, verb } = route;
  const isOfOthers = path.includes('{service}') && signerOf(route) === server.superservice;
  const owner = isOfOthers ? await server.createService('other') : tenant;
  const made: Record<string, string> = {};
  const values: Record<string, () => Promise<string>> = {
    service: async () => owner.credentials?.serviceId ?? '',
    room: () => createPlacedRoom(owner),
    user: async () => 'alice',
    userName: async () => 'alice',
    token: () => issueToken(owner, made['room'] ?? ''),
    node: registerNode,
    ban: () => ban(owner, made['room']),
    webhook: () => createWebhook(owner),
    delivery: () => createDelivery(owner, made['webhook'] ?? ''),
  };
  let filled = path;
  for (const [place, name = ''] of path.matchAll(/{(\w+)}/g)) {
    const make = values[name];
    if (!make) throw new Error(`This test must learn what ${place} of ${path} may be`);
    made[name] = await make();
    filled = filled.replace(place, made[name]);
  }
  const operation = document.paths[path]?.[verb.toLowerCase()];
  const schema = operation?.requestBody?.content['application/json']?.schema;
  if (path.endsWith('/reopen')) await owner.post(`/v1/rooms/${made['room']}/close`);
  if (path === '/v1/usage') filled += '?by=day&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z';
  if (!schema) return { path: filled };
  const body = exampleOf(schema);
  if ('port' in body) body['port'] = ++lastPort;
  // The document shows one that is refused as weak.
  delete body['key'];
  // Of what says whom or what is meant, one is given.
  if ('reason' in body || 'all' in body) delete body['userId'];
  if ('all' in body) {
    await issueToken(owner, made['room'] ?? '');
    for (const field of ['userName', 'issuedBefore']) delete body[field];
  }
  // A cursor that the log has given.
  if ('after' in body) body['after'] = '0';
  // As long as the example is to come, no token is good.
  delete body['notBefore'];
  // And when it is past, no room may end then.
  delete body['endsAt'];
  if ('token' in body) {
    body['token'] = (await tenant.token(await createPlacedRoom(tenant), 'bob', 'viewer')).text;
  }
  return { path: filled, body };
}

/** Each field with the example that the document gives for it. */
function exampleOf({ $ref, properties = {} }: Schema): Record<string, unknown> {
  const name = $ref?.split('/').at(-1);
  if (name !== undefined) return exampleOf(document.components.schemas[name] ?? {});
  const fields = Object.entries(properties).map(([field, { example }]) => [field, example]);
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** The status and code of the response; a stream of events is not read. */
async function send(
  { verb }: Route,
  { path, body }: ValidRequest,
  authorization: string,
): Promise<{ status: number; code: string | null }> {
  const response = await fetch(server.url + path, {
    method: verb,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return { status: response.status, code: response.headers.get('x-error-code') };
}

/** A webhook that is tried, or has missed nothing, stays as it is. */
const CHANGES_NOTHING = ['/v1/webhooks/{webhook}/test', '/v1/webhooks/{webhook}/recover'];

function isReading({ verb, path }: Route): boolean {
  return verb === 'GET' || CHANGES_NOTHING.includes(path);
}

/** All that is in the database, and all that the node was told. */
async function everything(): Promise<unknown> {
  const collections = await connection.listCollections();
  const names = collections
    .map(({ name }) => name)
    .filter((name) => !NOT_OF_REQUESTS.includes(name));
  const contents = await Promise.all(
    names
      .toSorted()
      .map(async (name) => [name, await connection.collection(name).find().toArray()]),
  );
  const told = node.calls.filter((call) => !call.startsWith('GET '));
  return { documents: Object.fromEntries(contents) as object, told };
}

/** Without the used header itself. */
function withoutNonces(all: unknown): unknown {
  const { documents, told } = all as { documents: Record<string, unknown>; told: string[] };
  return { documents: { ...documents, nonces: undefined }, told };
}

describe('a header that is sent again', () => {
  it('is refused by every signed route, whatever its handler does, and writes nothing', async () => {
    const reflector = new Reflector();
    const signed = routesOf(server.app).filter(
      ({ handler, controller }) => !reflector.getAllAndOverride(IS_PUBLIC, [handler, controller]),
    );
    expect(signed.length).toBeGreaterThan(25);
    for (const route of signed) {
      const { name, path } = route;
      const signer = signerOf(route);
      const [first, second] = [await requestFor(route), await requestFor(route)];
      const authorization = signer.sign() ?? '';
      const before = await everything();
      const done = await send(route, first, authorization);
      const isDone = done.status < 300;
      expect({ name, isDone, code: done.code }).toEqual({ name, isDone: true, code: null });
      const between = await everything();
      // Otherwise it would prove nothing that the second changes nothing.
      const isChanged = !isDeepStrictEqual(withoutNonces(between), withoutNonces(before));
      if (!isReading(route)) expect({ name, isChanged }).toEqual({ name, isChanged: true });
      const secondAnswer = await send(route, second, authorization);
      const code = path.startsWith('/v1/') ? 'REQUEST_REPLAYED' : 'UNAUTHENTICATED';
      expect({ name, ...secondAnswer }).toEqual({ name, status: 401, code });
      expect({ name, all: await everything() }).toEqual({ name, all: between });
    }
  });
});
