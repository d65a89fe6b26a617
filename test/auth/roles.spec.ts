import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceRole } from '../../src/common/service-role.js';
import type { ApiClient } from '../support/api-client.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROLES = ['superservice', 'tenant', 'node'] as const;

/** Who may call each operation; `all` is anyone, unsigned. */
const ALLOWED: Record<string, readonly ServiceRole[] | 'all'> = {
  createRoom: ['superservice', 'tenant'],
  createService: ['superservice'],
  deleteRoom: ['superservice', 'tenant'],
  deleteService: ['superservice'],
  deleteServiceRoom: ['superservice'],
  deleteServiceRoomUser: ['superservice'],
  deleteUser: ['superservice', 'tenant'],
  explainPlacement: ['superservice'],
  getErizoController: ['superservice', 'node'],
  getLiveness: 'all',
  getReadiness: 'all',
  getRoom: ['superservice', 'tenant'],
  getService: ['superservice'],
  getUser: ['superservice', 'tenant'],
  issueToken: ['superservice', 'tenant'],
  keepErizoControllerAlive: ['superservice', 'node'],
  listErizoControllers: ['superservice', 'node'],
  listRooms: ['superservice', 'tenant'],
  listServiceRoomUsers: ['superservice'],
  listServiceRooms: ['superservice'],
  listServices: ['superservice'],
  listUsers: ['superservice', 'tenant'],
  redeemToken: ['superservice', 'node'],
  registerErizoController: ['superservice', 'node'],
  removeErizoController: ['superservice', 'node'],
  replaceRoom: ['superservice', 'tenant'],
  streamEvents: ['superservice'],
  updateErizoController: ['superservice', 'node'],
  updateRoom: ['superservice', 'tenant'],
};

interface Operation {
  id: string;
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
  const { paths } = json as { paths: Record<string, Record<string, { operationId: string }>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path: path.replaceAll(/{\w+}/g, UNKNOWN_ID),
    })),
  );
});

afterAll(() => server.close());

describe('the roles', () => {
  it('are said here for every operation there is', () => {
    expect(operations.map(({ id }) => id).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it('that may not call an operation are told so: 401 on the routes of Nuve, else 403', async () => {
    for (const { id, method, path } of operations) {
      const allowed = ALLOWED[id] ?? [];
      const code = /^\/(rooms|services)/.test(path) ? 'SERVICE_NOT_AUTHORIZED' : 'FORBIDDEN';
      for (const role of ROLES) {
        if (allowed === 'all' || allowed.includes(role)) continue;
        expectError(await clients[role].call(method, path), code);
      }
    }
  });

  it('that may are not, and get to the operation', async () => {
    for (const { id, method, path } of operations) {
      const allowed = ALLOWED[id] ?? [];
      if (allowed === 'all' || id === 'streamEvents') continue;
      for (const role of allowed) {
        const { headers } = await clients[role].call(method, path);
        const code = headers.get('x-error-code') ?? 'none';
        expect([id, ...unauthorized(code)]).toEqual([id]);
      }
    }
  });

  it('do not matter for a request that is not signed', async () => {
    for (const { id, method, path } of operations) {
      const answer = await server.superservice.as(null).call(method, path);
      if (ALLOWED[id] === 'all') expect(answer.status).toBe(200);
      else expectError(answer, 'UNAUTHENTICATED');
    }
  });
});

function unauthorized(code: string): string[] {
  return ['UNAUTHENTICATED', 'SERVICE_NOT_AUTHORIZED', 'FORBIDDEN'].filter((one) => one === code);
}
