import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { expectProblem } from '../support/problems.js';
import { LifeFixture, type RoomView } from './life-support.js';

const YEAR = 31_536_000;

let life: LifeFixture;

beforeAll(async () => {
  life = await LifeFixture.start();
});

afterAll(() => life.close());

const stored = ({ id }: { id: string }): Promise<Record<string, unknown> | null> =>
  life.db.collection('rooms').findOne({ _id: new ObjectId(id) });

const tenantWith = (roomDefaults: object): ReturnType<typeof life.server.createTenant> =>
  life.server.createTenant('with defaults', { roomDefaults });

describe('lifetime settings', () => {
  it('are shown as they were set', async () => {
    const settings = {
      notBefore: life.time.in(60),
      endsAt: life.time.in(120),
      emptyTimeoutSeconds: 300,
      departureTimeoutSeconds: 20,
      maxDurationSeconds: YEAR,
      atEnd: 'when_empty',
      afterEnd: 'delete',
    };
    const room = await life.create(settings);
    expect(room).toEqual({
      id: room.id,
      name: 'room',
      p2p: false,
      status: 'scheduled',
      ...settings,
      createdAt: room['createdAt'],
      updatedAt: room['updatedAt'],
    });
    expect(await life.read(room)).toEqual(room);
    const path = `/v1/rooms/${room.id}`;
    const { json } = await life.tenant.patch(path, {
      afterEnd: null,
      notBefore: null,
      atEnd: 'kick',
    });
    expect(json).toMatchObject({ atEnd: 'kick', emptyTimeoutSeconds: 300 });
    expect(json).not.toHaveProperty('afterEnd');
    await life.work();
    expect((await life.read(room)).status).toBe('open');
  });

  it.each([
    ['emptyTimeoutSeconds', 0],
    ['emptyTimeoutSeconds', YEAR + 1],
    ['departureTimeoutSeconds', 1.5],
    ['maxDurationSeconds', '60'],
    ['atEnd', 'never'],
    ['afterEnd', ''],
    ['endsAt', 'tomorrow'],
    ['notBefore', 5],
  ])('are refused with %s %j, when a room is made and when it is changed', async (field, value) => {
    const body = { name: 'room', [field]: value };
    expectProblem(await life.tenant.post('/v1/rooms', body), 'INVALID_REQUEST', field);
    const { id } = await life.create();
    const changed = await life.tenant.patch(`/v1/rooms/${id}`, body);
    expectProblem(changed, 'INVALID_REQUEST', field);
  });

  it('take no time that lies behind, too far ahead, or the wrong way round', async () => {
    const { id } = await life.create({ notBefore: life.time.in(100), endsAt: life.time.in(200) });
    const path = `/v1/rooms/${id}`;
    for (const endsAt of [life.time.in(-1), life.time.in(0), life.time.in(YEAR + 60)]) {
      expectProblem(await life.tenant.patch(path, { endsAt }), 'INVALID_REQUEST', 'endsAt');
      const made = await life.tenant.post('/v1/rooms', { name: 'room', endsAt });
      expectProblem(made, 'INVALID_REQUEST', 'endsAt');
    }
    const late = await life.tenant.patch(path, { notBefore: life.time.in(YEAR + 60) });
    expectProblem(late, 'INVALID_REQUEST', 'notBefore');
    const swapped = await life.tenant.patch(path, { notBefore: life.time.in(200) });
    expectProblem(swapped, 'INVALID_REQUEST', 'notBefore', 'endsAt');
    expect((await life.read({ id })).status).toBe('scheduled');
  });

  it('may be sent again when they lie behind by then', async () => {
    const settings = { endsAt: life.time.in(60), atEnd: 'when_empty' };
    const { id } = await life.create(settings);
    await life.pass(61);
    const answer = await life.tenant.patch(`/v1/rooms/${id}`, { ...settings, name: 'again' });
    expect(answer).toMatchObject({ status: 200, json: { name: 'again', status: 'closing' } });
  });

  it('cost nothing where there are none', async () => {
    const room = await stored(await life.create({ emptyTimeoutSeconds: null, endsAt: null }));
    expect(room).not.toHaveProperty('life');
    expect(room).not.toHaveProperty('dueAt');
  });
});

describe('roomDefaults of a service', () => {
  const roomDefaults = { emptyTimeoutSeconds: 300, atEnd: 'when_empty' };

  it('are what its new rooms have, by whichever route they are made', async () => {
    const tenant = await tenantWith({ ...roomDefaults, afterEnd: null });
    const path = `/v1/services/${tenant.credentials?.serviceId}`;
    expect((await tenant.get(path)).json).toMatchObject({ roomDefaults });
    expect(await life.create({}, tenant)).toMatchObject(roomDefaults);
    const nuve = await tenant.createRoom({ getOrCreate: true }, 'of Nuve');
    expect(await life.read({ id: nuve }, tenant)).toMatchObject(roomDefaults);
    const own = await life.create({ emptyTimeoutSeconds: 5, atEnd: null }, tenant);
    expect(own).toMatchObject({ emptyTimeoutSeconds: 5 });
    expect(own).not.toHaveProperty('atEnd');
    const none = await life.create({ emptyTimeoutSeconds: null, atEnd: null }, tenant);
    expect(await stored(none)).not.toHaveProperty('life');
  });

  it('are replaced whole, and cleared', async () => {
    const tenant = await tenantWith(roomDefaults);
    const path = `/v1/services/${tenant.credentials?.serviceId}`;
    const changed = await tenant.patch(path, { roomDefaults: { maxDurationSeconds: 60 } });
    expect((changed.json as RoomView)['roomDefaults']).toEqual({ maxDurationSeconds: 60 });
    const cleared = await tenant.patch(path, { roomDefaults: null });
    expect(cleared.json).not.toHaveProperty('roomDefaults');
    const wrong = await tenant.patch(path, { roomDefaults: { maxDurationSeconds: 0, x: 1 } });
    expectProblem(wrong, 'INVALID_REQUEST', 'roomDefaults.x', 'roomDefaults.maxDurationSeconds');
    const { credentials } = life.server.superservice;
    const own = `/v1/services/${credentials?.serviceId}`;
    const refused = await life.server.superservice.patch(own, { roomDefaults });
    expectProblem(refused, 'INVALID_REQUEST', 'roomDefaults');
  });
});

describe("Nuve's routes", () => {
  it('show and take nothing of it', async () => {
    const room = await life.create({ endsAt: life.time.in(60), maxDurationSeconds: 60 });
    const shown = { _id: room.id, name: 'room' };
    expect((await life.tenant.get(`/rooms/${room.id}`)).json).toEqual(shown);
    expect((await life.tenant.get('/rooms')).json).toEqual(expect.arrayContaining([shown]));
    const options = { maxDurationSeconds: 60, endsAt: life.time.in(60), p2p: true };
    const made = await life.tenant.createRoom(options);
    expect(await stored({ id: made })).not.toHaveProperty('life');
    await life.tenant.put(`/rooms/${room.id}`, { name: 'put', options: { afterEnd: 'delete' } });
    expect(await life.read(room)).toMatchObject({ name: 'put', maxDurationSeconds: 60 });
    expect(await life.read(room)).not.toHaveProperty('afterEnd');
  });

  it('make test rooms that live on, whatever the defaults are', async () => {
    const tenant = await tenantWith({ emptyTimeoutSeconds: 1 });
    const id = await tenant.createRoom({ test: true });
    expect(await stored({ id })).not.toHaveProperty('life');
    const changed = await tenant.patch(`/v1/rooms/${id}`, { endsAt: life.time.in(60) });
    expectProblem(changed, 'INVALID_REQUEST', 'endsAt');
    expectProblem(await tenant.post(`/v1/rooms/${id}/close`), 'INVALID_REQUEST');
    expect(await life.types({ id })).toEqual([]);
  });
});
