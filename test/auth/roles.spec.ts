import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceRole } from '../../src/common/service-role.js';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROLES = ['superservice', 'tenant', 'node'] as const;

const SUPERSERVICE: readonly ServiceRole[] = ['superservice'];
const TENANTS: readonly ServiceRole[] = ['superservice', 'tenant'];
const NODES: readonly ServiceRole[] = ['superservice', 'node'];
const EACH: readonly ServiceRole[] = ROLES;

/** An endless answer. */
const STREAM = 'GET /v1/activity';

/** Who may call each operation; `all` is anyone, unsigned. */
const ALLOWED: Record<string, readonly ServiceRole[] | 'all'> = {
  'DELETE /v1/rooms/{room}/tokens/{token}': TENANTS,
  'DELETE /v1/rooms/{room}/bans/{ban}': TENANTS,
  'DELETE /v1/bans/{ban}': TENANTS,
  'DELETE /v1/nodes/{node}': NODES,
  'DELETE /v1/rooms/{room}': TENANTS,
  'DELETE /v1/rooms/{room}/participants/{userName}': TENANTS,
  'DELETE /v1/services/{service}': SUPERSERVICE,
  'DELETE /v1/webhooks/{webhook}': TENANTS,
  'GET /v1/rooms/{room}/tokens': TENANTS,
  'GET /v1/rooms/{room}/bans/{ban}': TENANTS,
  'GET /v1/rooms/{room}/bans': TENANTS,
  'GET /v1/bans/{ban}': TENANTS,
  'GET /v1/bans': TENANTS,
  'GET /v1/activity': SUPERSERVICE,
  'GET /v1/events': TENANTS,
  'GET /v1/nodes': NODES,
  'GET /v1/nodes/{node}': NODES,
  'GET /v1/rooms': TENANTS,
  'GET /v1/rooms/{room}': TENANTS,
  'GET /v1/rooms/{room}/participants': TENANTS,
  'GET /v1/rooms/{room}/participants/{userName}': TENANTS,
  'GET /v1/rooms/{room}/placement': SUPERSERVICE,
  'GET /v1/rooms/{room}/sessions': TENANTS,
  'GET /v1/rooms/{room}/tokens/{token}': TENANTS,
  'GET /v1/services': EACH,
  'GET /v1/services/{service}': EACH,
  'GET /v1/webhooks': TENANTS,
  'GET /v1/webhooks/{webhook}': TENANTS,
  'GET /v1/webhooks/{webhook}/deliveries': TENANTS,
  'GET /v1/usage': TENANTS,
  'PATCH /v1/nodes/{node}': NODES,
  'PATCH /v1/rooms/{room}': TENANTS,
  'PATCH /v1/services/{service}': EACH,
  'PATCH /v1/webhooks/{webhook}': TENANTS,
  'POST /v1/rooms/{room}/tokens/revoke': TENANTS,
  'POST /v1/rooms/{room}/bans': TENANTS,
  'POST /v1/rooms/{room}/close': TENANTS,
  'POST /v1/rooms/{room}/reopen': TENANTS,
  'POST /v1/bans': TENANTS,
  'POST /v1/nodes': NODES,
  'POST /v1/nodes/{node}/participants': NODES,
  'POST /v1/rooms': TENANTS,
  'POST /v1/rooms/{room}/tokens': TENANTS,
  'POST /v1/services': SUPERSERVICE,
  'POST /v1/tokens/redeem': NODES,
  'POST /v1/webhooks': TENANTS,
  'POST /v1/webhooks/{webhook}/deliveries/{delivery}/redeliver': TENANTS,
  'POST /v1/webhooks/{webhook}/recover': TENANTS,
  'POST /v1/webhooks/{webhook}/rotate-secret': TENANTS,
  'POST /v1/webhooks/{webhook}/test': TENANTS,
  'PUT /v1/nodes/{node}/heartbeat': NODES,

  'DELETE /rooms/{room}': TENANTS,
  'DELETE /rooms/{room}/users/{user}': TENANTS,
  'DELETE /services/{service}': SUPERSERVICE,
  'GET /rooms': TENANTS,
  'GET /rooms/{room}': TENANTS,
  'GET /rooms/{room}/users': TENANTS,
  'GET /rooms/{room}/users/{user}': TENANTS,
  'GET /services': SUPERSERVICE,
  'GET /services/{service}': SUPERSERVICE,
  'PATCH /rooms/{room}': TENANTS,
  'POST /rooms': TENANTS,
  'POST /rooms/{room}/tokens': TENANTS,
  'POST /services': SUPERSERVICE,
  'PUT /rooms/{room}': TENANTS,

  'GET /health/live': 'all',
  'GET /health/ready': 'all',
  'GET /version': 'all',
};

interface Operation {
  /** Method and path, as the table has them. */
  name: string;
  method: string;
  path: string;
}

let server: TestApp;
let clients: Record<ServiceRole, ApiClient>;
let operations: Operation[];

beforeAll(async () => {
  server = await startTestApp();
  clients = {
    superservice: server.superservice,
    tenant: await server.createService('tenant', 'tenant'),
    node: await server.createService('node', 'node'),
  };
  const { json } = await server.superservice.get('/openapi.json');
  const { paths } = json as { paths: Record<string, Record<string, unknown>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((verb) => {
      const method = verb.toUpperCase();
      const filled = path.replaceAll(/{\w+}/g, UNKNOWN_ID);
      return { name: `${method} ${path}`, method, path: filled };
    }),
  );
});

afterAll(() => server.close());

describe('the roles', () => {
  it('are said here for every operation there is', () => {
    expect(operations.map(({ name }) => name).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it('that may not call an operation are told so: 401 on the routes of Nuve, else 403', async () => {
    for (const { name, method, path } of operations) {
      const allowed = ALLOWED[name] ?? [];
      for (const role of ROLES) {
        if (allowed === 'all' || allowed.includes(role)) continue;
        const answer = await clients[role].call(method, path);
        if (path.startsWith('/v1/')) expectProblem(answer, 'FORBIDDEN');
        else expectError(answer, 'SERVICE_NOT_AUTHORIZED');
      }
    }
  });

  it('that may are not, and get to the operation', async () => {
    for (const { name, method, path } of operations) {
      const allowed = ALLOWED[name] ?? [];
      if (allowed === 'all' || name === STREAM) continue;
      for (const role of allowed) {
        const { headers } = await clients[role].call(method, path);
        const code = headers.get('x-error-code') ?? 'none';
        expect([name, ...unauthorized(code)]).toEqual([name]);
      }
    }
  });

  it('do not matter for a request that is not signed', async () => {
    for (const { name, method, path } of operations) {
      const answer = await server.superservice.as(null).call(method, path);
      if (ALLOWED[name] === 'all') expect(answer.status).toBe(200);
      else if (path.startsWith('/v1/')) expectProblem(answer, 'UNAUTHENTICATED');
      else expectError(answer, 'UNAUTHENTICATED');
    }
  });
});

function unauthorized(code: string): string[] {
  return ['UNAUTHENTICATED', 'SERVICE_NOT_AUTHORIZED', 'FORBIDDEN'].filter((one) => one === code);
}
