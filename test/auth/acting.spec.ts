import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Nuvem-Service', () => {
  let app: TestApp;
  let tenant: ApiClient;
  let headers: Record<string, string>;

  beforeAll(async () => {
    app = await startTestApp();
    tenant = await app.createTenant('acme');
    headers = { 'nuvem-service': tenant.credentials?.serviceId ?? '' };
  });

  afterAll(() => app.close());

  it('lets the superservice do what the service may do', async () => {
    const made = await app.superservice.post('/v1/rooms', { name: 'standup' }, { headers });
    expect(made.status).toBe(201);
    const { id } = made.json as { id: string };
    expect((await tenant.get(`/v1/rooms/${id}`)).status).toBe(200);
    expectProblem(await app.superservice.get(`/v1/rooms/${id}`), 'ROOM_NOT_FOUND');
  });

  it('lets it do no more than that', async () => {
    expectProblem(await app.superservice.get('/v1/activity', { headers }), 'FORBIDDEN');
    const { json } = await app.superservice.get('/v1/services', { headers });
    expect((json as { items: unknown[] }).items).toHaveLength(1);
  });

  it('is refused from anybody else, also with its own id', async () => {
    expectProblem(await tenant.get('/v1/rooms', { headers }), 'FORBIDDEN');
  });

  it('names a service that there is', async () => {
    for (const id of ['65f0c0ffee65f0c0ffee65f0', 'x']) {
      const answer = await app.superservice.get('/v1/rooms', { headers: { 'nuvem-service': id } });
      expectProblem(answer, 'SERVICE_NOT_FOUND');
    }
  });

  it("is not looked at on Nuve's routes", async () => {
    expect((await app.superservice.get('/services', { headers })).status).toBe(200);
  });
});
