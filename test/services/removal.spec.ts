import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { RoomsService } from '../../src/rooms/rooms.service.js';
import { until } from '../amqp/harness.js';
import type { ApiClient } from '../support/api-client.js';
import { expectText } from '../support/shapes.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let instances: [TestApp, TestApp];
let client: MongoClient;
let rooms: Collection;

beforeAll(async () => {
  const first = await startTestApp();
  instances = [first, await startTestApp({ MONGODB_URI: first.databaseUri })];
  client = await MongoClient.connect(first.databaseUri);
  rooms = client.db().collection('rooms');
});

afterAll(async () => {
  await client.close();
  for (const instance of instances) await instance.close();
});

const idOf = (tenant: ApiClient): ObjectId => new ObjectId(tenant.credentials?.serviceId);
const remove = (tenant: ApiClient) =>
  instances[0].superservice.delete(`/services/${idOf(tenant).toHexString()}`);
const roomsOf = (tenant: ApiClient): Promise<number> =>
  rooms.countDocuments({ service: idOf(tenant) });

describe('deleting a service', () => {
  it('leaves none of the rooms that are being made, and refuses them', async () => {
    for (let round = 0; round < 10; round++) {
      const tenant = await instances[0].createService('tenant');
      const creating = Array.from({ length: 20 }, () => tenant.post('/rooms', { name: 'r' }));
      expectText(await remove(tenant), 'Service deleted');
      for (const { status } of await Promise.all(creating)) expect([200, 401]).toContain(status);
      expect(await roomsOf(tenant)).toBe(0);
    }
  });

  it('ends a request here that goes on after it', async () => {
    const tenant = await instances[0].createService('tenant');
    await remove(tenant);
    const late = instances[0].app
      .get(RoomsService)
      .create({ _id: idOf(tenant), readAt: Date.now() }, { name: 'late' });
    await expect(late).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await roomsOf(tenant)).toBe(0);
  });

  it('ends a request of another instance that goes on for long', async () => {
    const tenant = await instances[0].createService('tenant');
    await remove(tenant);
    const late = instances[1].app
      .get(RoomsService)
      .create({ _id: idOf(tenant), readAt: Date.now() - 60_000 }, { name: 'late' });
    await expect(late).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await roomsOf(tenant)).toBe(0);
  });

  it('sweeps what another instance made of what it knew', async () => {
    const tenant = await instances[0].createService('tenant');
    await remove(tenant);
    await instances[1].app
      .get(RoomsService)
      .create({ _id: idOf(tenant), readAt: Date.now() }, { name: 'late' });
    expect(await roomsOf(tenant)).toBe(1);
    await until(async () => (await roomsOf(tenant)) === 0);
  });

  it('is carried out at the next start when the process ended right after it was decided', async () => {
    const tenant = await instances[0].createService('tenant');
    await tenant.post('/rooms', { name: 'r' });
    const removals = client.db().collection('serviceRemovals');
    await removals.insertOne({ _id: idOf(tenant), createdAt: new Date() });
    const next = await startTestApp({ MONGODB_URI: instances[0].databaseUri });
    try {
      expect(await roomsOf(tenant)).toBe(0);
      expect(
        await client
          .db()
          .collection('services')
          .findOne({ _id: idOf(tenant) }),
      ).toBeNull();
    } finally {
      await next.close();
    }
  });
});
