import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, SUPERSERVICE, type TestApp } from '../support/test-app.js';
import { createService, ifMatch, pathOf, type Service } from './v1-support.js';

let server: TestApp;
let superservice: ApiClient;

beforeAll(async () => {
  server = await startTestApp();
  ({ superservice } = server);
});

afterAll(() => server.close());

const create = (fields?: object): Promise<Service> => createService(superservice, fields);
const clientOf = ({ id, key }: Service): ApiClient => superservice.as({ serviceId: id, key });

describe('DELETE /v1/services/:service', () => {
  it('deletes it with what is its own, once', async () => {
    const made = await create();
    const tenant = clientOf(made);
    await tenant.createRoom();
    const answer = await superservice.delete(pathOf(made));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expectProblem(await superservice.delete(pathOf(made)), 'SERVICE_NOT_FOUND');
    expectProblem(await superservice.get(pathOf(made)), 'SERVICE_NOT_FOUND');
    expectProblem(await tenant.get(pathOf(made)), 'UNAUTHENTICATED');
  });

  it.each(['tenant', 'node'] as const)('is not for a %s', async (role) => {
    const own = await create({ role });
    expectProblem(await clientOf(own).delete(pathOf(own)), 'FORBIDDEN');
    expectProblem(await clientOf(own).post('/v1/services', { name: 'x' }), 'FORBIDDEN');
    expect((await superservice.get(pathOf(own))).status).toBe(200);
  });

  it('does not delete the superservice', async () => {
    for (const id of [SUPERSERVICE.serviceId, SUPERSERVICE.serviceId.toUpperCase()]) {
      const path = `/v1/services/${id}`;
      expectProblem(await superservice.delete(path), 'SUPERSERVICE_PROTECTED');
      expectProblem(await superservice.delete(path, ifMatch('"0"')), 'SUPERSERVICE_PROTECTED');
    }
  });

  it('does not take a path that was resolved for its parent’s', async () => {
    const made = await create();
    expectProblem(await superservice.delete(`${pathOf(made)}/`), 'INVALID_REQUEST');
    expect((await superservice.get(pathOf(made))).status).toBe(200);
  });

  it('leaves alone what has changed since, with its rooms, also after a restart', async () => {
    const made = await create();
    await superservice.patch(pathOf(made), { name: 'b' });
    const room = await clientOf(made).createRoom();
    expectProblem(await superservice.delete(pathOf(made), ifMatch('"0"')), 'PRECONDITION_FAILED');
    const next = await startTestApp({ MONGODB_URI: server.databaseUri });
    await next.close();
    expect((await clientOf(made).get(`/rooms/${room}`)).status).toBe(200);
    expect((await superservice.delete(pathOf(made), ifMatch('"1"'))).status).toBe(204);
    expectProblem(await superservice.get(pathOf(made)), 'SERVICE_NOT_FOUND');
  });

  it('is decided against a change of the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const made = await create();
      const [changed, deleted] = await Promise.all([
        superservice.patch(pathOf(made), { name: 'x' }, ifMatch('"0"')),
        superservice.delete(pathOf(made), ifMatch('"0"')),
      ]);
      const read = await superservice.get(pathOf(made));
      const outcomes = [changed.status, deleted.status, read.status];
      expect([
        [200, 412, 200],
        [404, 204, 404],
      ]).toContainEqual(outcomes);
    }
  });

  it('is carried out at the next start when the process ended before it was decided', async () => {
    const [stale, current] = [await create(), await create()];
    await superservice.patch(pathOf(stale), { name: 'b' });
    const client = await MongoClient.connect(server.databaseUri);
    const removals = client.db().collection('serviceRemovals');
    for (const { id } of [stale, current]) {
      await removals.insertOne({
        service: new ObjectId(id),
        revisions: [0],
        createdAt: new Date(),
      });
    }
    const next = await startTestApp({ MONGODB_URI: server.databaseUri });
    await next.close();
    expect((await superservice.get(pathOf(stale))).status).toBe(200);
    expectProblem(await superservice.get(pathOf(current)), 'SERVICE_NOT_FOUND');
    expect(await removals.countDocuments({ service: new ObjectId(stale.id) })).toBe(0);
    await client.close();
  });
});
