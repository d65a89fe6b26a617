import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient, ObjectId } from 'mongodb';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ApiClient } from '../support/api-client.js';
import { freshDatabaseUri } from '../support/database.js';
import { FakeNode } from '../support/fake-node.js';
import { SilentServer } from '../support/network/silent-server.js';
import { NuvemProcess } from '../support/nuvem-process.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';
import { eventsOf } from './life-support.js';

jest.setTimeout(90_000);

const uri = freshDatabaseUri();
const settings = {
  MONGODB_URI: uri,
  SUPERSERVICE_ID: SUPERSERVICE.serviceId,
  SUPERSERVICE_KEY: SUPERSERVICE.key,
  TOKEN_KEY,
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
};

let client: MongoClient;
let staying: NuvemProcess;
let superservice: ApiClient;
let node: FakeNode;
let silent: SilentServer;

beforeAll(async () => {
  client = await MongoClient.connect(uri);
  staying = new NuvemProcess(settings);
  superservice = new ApiClient(await staying.url(), SUPERSERVICE);
  const { json } = await superservice.post('/v1/services', { name: 'node', role: 'node' });
  node = await FakeNode.start(superservice.as(credentialsOf(json)));
  node.keepBeating();
  silent = await SilentServer.start();
});

afterAll(async () => {
  await silent.close();
  await node.close();
  await staying.kill();
  await client.close();
});

function credentialsOf(json: unknown): { serviceId: string; key: string } {
  const { id, key } = json as { id: string; key: string };
  return { serviceId: id, key };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50);
}

/** A tenant's room on the node, and the tenant on the process that listens there. */
async function roomOn(url: string): Promise<{ id: string; tenant: ApiClient }> {
  const { json } = await superservice.post('/v1/services', { name: 'tenant' });
  const tenant = superservice.as(credentialsOf(json)).at(url);
  const id = await tenant.createRoom();
  await until(async () => (await tenant.token(id, 'ann', 'presenter')).status === 200);
  return { id, tenant };
}

describe('a process that is killed when it has marked a room', () => {
  it.each(['room', 'service'])('leaves the call of a deleted %s to another', async (what) => {
    const ending = new NuvemProcess(settings);
    const at = await ending.url();
    const callAt = (controlUrl: string): Promise<Answer> =>
      node.client.at(at).patch(`/v1/nodes/${node.id}`, { controlUrl });
    const { id, tenant } = await roomOn(at);
    // It waits for the node when it is killed.
    await callAt(silent.url);
    const deleted =
      what === 'room'
        ? tenant.delete(`/v1/rooms/${id}`)
        : superservice.at(at).delete(`/v1/services/${tenant.credentials?.serviceId}`);
    const outcome = deleted.then(
      () => 'answered',
      () => 'lost',
    );
    const rooms = client.db().collection('rooms');
    const _id = new ObjectId(id);
    await until(async () => (await rooms.findOne({ _id }))?.['deletedAt'] !== undefined);
    await ending.kill();
    await expect(outcome).resolves.toBe('lost');
    expect(await rooms.findOne({ _id })).toMatchObject({ nodeToTell: new ObjectId(node.id) });
    await node.client.patch(`/v1/nodes/${node.id}`, { controlUrl: node.controlUrl });
    await until(() => node.calls.includes(`DELETE /rooms/${id}`));
    await until(async () => !(await rooms.findOne({ _id }))?.['nodeToTell']);
    if (what === 'service') return;
    const told = await eventsOf(client.db(), id);
    expect(told.map(({ type }) => type)).toEqual(['room.created', 'room.deleted']);
  });
});
