import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { RoomsService } from '../../src/rooms/rooms.service.js';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/problems.js';
import { LifeFixture } from './life-support.js';

let life: LifeFixture;
let silent: ApiClient;

beforeAll(async () => {
  life = await LifeFixture.start();
  silent = await life.server.createService('without a log');
});

afterAll(() => life.close());

const rooms = (): ReturnType<typeof life.db.collection> => life.db.collection('rooms');

describe('events of a room', () => {
  it('tell that it was made, changed and deleted, whole, by whichever route', async () => {
    const made = await life.create({ data: { 'a.b': '$x' } });
    await life.tenant.patch(`/v1/rooms/${made.id}`, { data: { b: { c: 1 } }, p2p: true });
    const changed = await life.read(made);
    await life.tenant.put(`/rooms/${made.id}`, { name: 'put', options: { p2p: false } });
    const put = await life.read(made);
    await life.tenant.delete(`/rooms/${made.id}`);
    expect(await life.events(made)).toEqual([
      { type: 'room.created', data: { room: made } },
      { type: 'room.updated', data: { room: changed } },
      { type: 'room.updated', data: { room: put } },
      { type: 'room.deleted', data: { room: put } },
    ]);
    expect(changed).toMatchObject({ data: { 'a.b': '$x', b: { c: 1 } }, p2p: true });
  });

  it('tell once of a room that is asked for again', async () => {
    const name = 'asked for again';
    const first = await life.create({ name, getOrCreate: true });
    const second = await life.create({ name, getOrCreate: true });
    expect(second.id).toBe(first.id);
    const nuve = await life.tenant.createRoom({ getOrCreate: true }, name);
    expect(nuve).toBe(first.id);
    expect(await life.types(first)).toEqual(['room.created']);
  });

  it('tell once of ten that are asked for at the same time', async () => {
    const name = 'at the same time';
    const made = await Promise.all(
      Array.from({ length: 10 }, () => life.create({ name, getOrCreate: true })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const told = await Promise.all(made.slice(0, 1).map((room) => life.types(room)));
    expect(told).toEqual([['room.created']]);
  });

  it('tell of concurrent changes in the order in which they were made', async () => {
    const room = await life.create();
    const names = Array.from({ length: 10 }, (_, number) => `name ${number}`);
    await Promise.all(names.map((name) => life.tenant.patch(`/v1/rooms/${room.id}`, { name })));
    const told = (await life.events(room)).slice(1).map(({ data }) => data.room.name);
    expect(told.toSorted()).toEqual(names);
    expect(told.at(-1)).toBe((await life.read(room)).name);
  });

  it('tell where it has moved, and not where it came to first', async () => {
    const room = await life.create();
    const [first, second] = [new ObjectId(), new ObjectId()];
    const service = life.server.app.get(RoomsService);
    const id = new ObjectId(room.id);
    await expect(service.assign(id, undefined, first)).resolves.toEqual(first);
    await expect(service.assign(id, first, second)).resolves.toEqual(second);
    // The loser of a race uses the winner's node.
    await expect(service.assign(id, first, new ObjectId())).resolves.toEqual(second);
    const [, ...others] = await life.events(room);
    expect(others).toEqual([
      {
        type: 'room.moved',
        data: {
          room: await life.read(room),
          fromNodeId: first.toHexString(),
          toNodeId: second.toHexString(),
        },
      },
    ]);
  });

  it('are not made for a service without a log', async () => {
    const id = await silent.createRoom();
    await silent.patch(`/v1/rooms/${id}`, { name: 'other' });
    await silent.post(`/v1/rooms/${id}/close`);
    expect(await rooms().findOne({ _id: new ObjectId(id) })).not.toHaveProperty('outbox');
    await silent.delete(`/rooms/${id}`);
    expect(await life.events({ id })).toEqual([]);
  });

  it('hold up changes that come faster than they leave', async () => {
    const room = await life.create();
    const _id = new ObjectId(room.id);
    const [entry] = ((await rooms().findOne({ _id })) as unknown as { outbox: object[] }).outbox;
    await rooms().updateOne({ _id }, { $set: { outbox: Array(100).fill(entry) } });
    const path = `/v1/rooms/${room.id}`;
    const refused = await life.tenant.patch(path, { name: 'one too many' });
    expectProblem(refused, 'EVENT_BACKLOG');
    expect(refused.headers.get('retry-after')).toBe('1');
    expectProblem(await life.tenant.post(`${path}/close`), 'EVENT_BACKLOG');
    expect((await life.read(room)).name).toBe('room');
    await rooms().updateOne({ _id }, { $set: { outbox: Array(99).fill(entry) } });
    expect((await life.tenant.patch(path, { name: 'now' })).status).toBe(200);
    await rooms().updateOne({ _id }, { $set: { outbox: Array(100).fill(entry) } });
    expect((await life.tenant.delete(path)).status).toBe(204);
  });

  it('go with the change that If-Match lets be made, and with no other', async () => {
    const room = await life.create();
    const path = `/v1/rooms/${room.id}`;
    const stale = { headers: { 'if-match': '"7"' } };
    expectProblem(await life.tenant.patch(path, { name: 'lost' }, stale), 'PRECONDITION_FAILED');
    expectProblem(await life.tenant.delete(path, stale), 'PRECONDITION_FAILED');
    const fresh = { headers: { 'if-match': '"0"' } };
    expect((await life.tenant.patch(path, { name: 'made' }, fresh)).status).toBe(200);
    expect(await life.types(room)).toEqual(['room.created', 'room.updated']);
  });
});
