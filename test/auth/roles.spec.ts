import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceRole } from '../../src/common/service-role.js';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { expectError, UNKNOWN_ID } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROLES = ['superservice', 'tenant', 'node'] as const;

/** Who may call each operation; `all` is anyone, unsigned. */
const ALLOWED: Record<string, readonly ServiceRole[] | 'all'> = {
  createRoom: ['superservice', 'tenant'],
  createService: ['superservice'],
  deleteNode: ['superservice', 'node'],
  deleteRoom: ['superservice', 'tenant'],
  deleteService: ['superservice'],
  deleteServiceRoom: ['superservice'],
  explainPlacement: ['superservice'],
  getLiveness: 'all',
  getReadiness: 'all',
  getRoom: ['superservice', 'tenant'],
  getNode: ['superservice', 'node'],
  getParticipant: ['superservice', 'tenant'],
  getService: ['superservice', 'tenant', 'node'],
  getToken: ['superservice', 'tenant'],
  getVersion: 'all',
  issueToken: ['superservice', 'tenant'],
  listNodes: ['superservice', 'node'],
  listParticipants: ['superservice', 'tenant'],
  listRooms: ['superservice', 'tenant'],
  listServiceRoomParticipants: ['superservice'],
  listServiceRooms: ['superservice'],
  listServices: ['superservice', 'tenant', 'node'],
  nuveCreateRoom: ['superservice', 'tenant'],
  nuveCreateService: ['superservice'],
  nuveDeleteRoom: ['superservice', 'tenant'],
  nuveDeleteService: ['superservice'],
  nuveDeleteUser: ['superservice', 'tenant'],
  nuveGetRoom: ['superservice', 'tenant'],
  nuveGetService: ['superservice'],
  nuveGetUser: ['superservice', 'tenant'],
  nuveIssueToken: ['superservice', 'tenant'],
  nuveListRooms: ['superservice', 'tenant'],
  nuveListServices: ['superservice'],
  nuveListUsers: ['superservice', 'tenant'],
  nuveReplaceRoom: ['superservice', 'tenant'],
  nuveUpdateRoom: ['superservice', 'tenant'],
  redeemToken: ['superservice', 'node'],
  registerNode: ['superservice', 'node'],
  removeParticipant: ['superservice', 'tenant'],
  removeServiceRoomParticipant: ['superservice'],
  sendHeartbeat: ['superservice', 'node'],
  streamActivity: ['superservice'],
  updateNode: ['superservice', 'node'],
  updateRoom: ['superservice', 'tenant'],
  updateService: ['superservice', 'tenant', 'node'],
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
      for (const role of ROLES) {
        if (allowed === 'all' || allowed.includes(role)) continue;
        const answer = await clients[role].call(method, path);
        if (path.startsWith('/v1/')) expectProblem(answer, 'FORBIDDEN');
        else expectError(answer, 'SERVICE_NOT_AUTHORIZED');
      }
    }
  });

  it('that may are not, and get to the operation', async () => {
    for (const { id, method, path } of operations) {
      const allowed = ALLOWED[id] ?? [];
      if (allowed === 'all' || id === 'streamActivity') continue;
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
      else if (path.startsWith('/v1/')) expectProblem(answer, 'UNAUTHENTICATED');
      else expectError(answer, 'UNAUTHENTICATED');
    }
  });
});

function unauthorized(code: string): string[] {
  return ['UNAUTHENTICATED', 'SERVICE_NOT_AUTHORIZED', 'FORBIDDEN'].filter((one) => one === code);
}
