import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo, Types } from 'mongoose';
import { goBack } from '../../src/licode-import/back/go-back.js';
import { importLicode } from '../../src/licode-import/import/import-licode.js';
import type { ImportReport } from '../../src/licode-import/import/import-report.js';
import { freshDatabaseUri } from '../support/database.js';
import { SUPERSERVICE } from '../support/test-app.js';
import { nuveFaults } from './nuve-faults.js';
import { dump, fillNuvedb, TENANT_KEY } from './nuvedb.js';

type Room = { _id: Types.ObjectId; name: string } & Record<string, unknown>;

const superservice = { id: new Types.ObjectId(SUPERSERVICE.serviceId), key: SUPERSERVICE.key };
const seal = (key: string): string => `sealed ${key}`;
const open = (sealed: string): string => sealed.replace('sealed ', '');

let client: mongo.MongoClient;
let nuve: mongo.Db;
let other: mongo.Db;
let services: Types.ObjectId[];

beforeAll(async () => {
  client = await mongo.MongoClient.connect(freshDatabaseUri());
});

afterAll(() => client.close());

beforeEach(async () => {
  const names = [1, 2].map(() => new URL(freshDatabaseUri()).pathname.slice(1));
  [nuve, other] = names.map((name) => client.db(name)) as [mongo.Db, mongo.Db];
  ({ services } = await fillNuvedb(nuve, { services: 3, roomsPerService: 5 }));
});

function takeOver(target: mongo.Db, { apply = true, source = nuve } = {}) {
  return importLicode({ source, target, superserviceId: superservice.id, seal, open, apply });
}

function back(nuvem: mongo.Db, withKeys = false) {
  return goBack({ nuve, nuvem, superservice, open, withKeys, apply: true });
}

async function roomsOf(nuvem: mongo.Db, service?: Types.ObjectId): Promise<Room[]> {
  return (await nuvem.collection('rooms').find({ service }).sort({ _id: 1 }).toArray()) as Room[];
}

/** What Nuve does: it writes a room's document, and the whole of its service. */
const asNuve = {
  async list(service: Types.ObjectId | undefined, change: (rooms: Room[]) => Room[]) {
    const found = await nuve.collection('services').findOne({ _id: service });
    const rooms = change(found?.['rooms'] as Room[]);
    await nuve.collection('services').updateOne({ _id: service }, { $set: { rooms } });
  },
  async update(service: Types.ObjectId | undefined, room: Room) {
    await nuve.collection('rooms').replaceOne({ _id: room._id }, room);
    await asNuve.list(service, (rooms) =>
      rooms.map((each) => (room._id.equals(each._id) ? room : each)),
    );
  },
  async remove(service: Types.ObjectId | undefined, _id?: Types.ObjectId) {
    await nuve.collection('rooms').deleteOne({ _id });
    await asNuve.list(service, (rooms) => rooms.filter((each) => !each._id.equals(_id)));
  },
  async add(service: Types.ObjectId | undefined, name: string) {
    const room = { name, _id: new Types.ObjectId() };
    await nuve.collection('rooms').insertOne({ ...room });
    await asNuve.list(service, (rooms) => [...rooms, room]);
  },
};

describe('a second switch', () => {
  it.each(['the same', 'another'])(
    'takes over what Nuve did after going back, on %s database',
    async (which) => {
      const nuvem = which === 'the same' ? nuve : other;
      await takeOver(nuvem);
      const [first, second, third] = services;
      const [renamed, deleted, emptied, kept] = await roomsOf(nuvem, first);
      await nuvem
        .collection('rooms')
        .updateOne({ _id: kept?._id }, { $set: { maxParticipants: 7 } });
      const late = { name: 'made by Nuvem', role: 'tenant', sealedKey: seal(`${TENANT_KEY}late`) };
      const { insertedId } = await nuvem.collection('services').insertOne({ ...late });
      await nuvem.collection('rooms').insertOne({ service: insertedId, name: 'of it' });
      await back(nuvem);

      await asNuve.update(first, { name: 'renamed by Nuve', _id: renamed?._id as Types.ObjectId });
      await asNuve.remove(first, deleted?._id);
      await asNuve.update(first, {
        name: 'changed',
        data: { by: 'Nuve' },
        _id: emptied?._id as Types.ObjectId,
      });
      await asNuve.add(second, 'added by Nuve');
      await nuve.collection('services').deleteOne({ _id: third });
      await nuve
        .collection('services')
        .insertOne({ name: 'added by Nuve', key: 'a-key-of-Nuve-itself', rooms: [] });
      const planned = await takeOver(nuvem, { apply: false });
      const done = await takeOver(nuvem);

      expect(withoutRun(planned)).toEqual(withoutRun(done));
      const rooms = await roomsOf(nuvem, first);
      expect(rooms.map(({ name }) => name)).toEqual([
        'renamed by Nuve',
        'changed',
        'room 3',
        'room 4',
      ]);
      expect(rooms[0]).not.toHaveProperty('p2p');
      expect(rooms[1]).toMatchObject({ data: { by: 'Nuve' } });
      expect(rooms[2]).toMatchObject({ maxParticipants: 7 });
      expect((await roomsOf(nuvem, second)).map(({ name }) => name)).toContain('added by Nuve');
      const names = await nuvem.collection('services').distinct('name', { role: 'tenant' });
      expect(names).toEqual(['added by Nuve', 'made by Nuvem', 'service 0', 'service 1']);
      if (which === 'another') expect(await roomsOf(nuvem, third)).toEqual([]);
      // Nuve leaves the rooms of a service that it deletes.
      const orphans = (await roomsOf(nuvem, third)).map(({ _id }) => String(_id));
      expect(done.findings.orphans.examples).toEqual(expect.arrayContaining(orphans));
      const kepts = await nuvem.collection('services').findOne({ _id: insertedId });
      expect(kepts).toMatchObject(late);
      expect(await roomsOf(nuvem, insertedId)).toMatchObject([{ name: 'of it' }]);
      // Its key in clear is one that nobody knows.
      expect(done.findings.otherKeys.examples).toEqual([String(insertedId)]);

      const before = await dump(nuvem);
      const { rooms: counted } = await takeOver(nuvem);
      expect(counted.imported).toBe(0);
      const { licodeImports: _, ...again } = await dump(nuvem);
      expect(before).toMatchObject(again);
      await back(nuvem, true);
      expect(await nuveFaults(nuve)).toEqual([]);
    },
  );

  it('reports what Nuve changed and deleted', async () => {
    await takeOver(other);
    const [room, gone] = await roomsOf(other, services[0]);
    await back(other);
    await asNuve.update(services[0], { name: 'x', _id: room?._id as Types.ObjectId });
    await asNuve.remove(services[0], gone?._id);
    await nuve.collection('services').deleteOne({ _id: services[1] });
    const report = String(await takeOver(other));
    expect(report).toContain(`changedByNuve: 1, `);
    expect(report).toContain(`room ${String(room?._id)}`);
    const deleted = `room ${String(gone?._id)}, service ${String(services[1])}`;
    expect(report).toMatch(new RegExp(`deletedByNuve: 2, .*: ${deleted}`));
  });

  it('keeps and reports what Nuvem changed since, where it ran on after going back', async () => {
    await takeOver(other);
    const [both, ours, deleted, removed] = await roomsOf(other, services[0]);
    await back(other);
    const rooms = other.collection('rooms');
    for (const room of [both, ours, removed]) {
      await rooms.updateOne({ _id: room?._id }, { $set: { name: 'by Nuvem' } });
    }
    await rooms.deleteOne({ _id: deleted?._id });
    await rooms.insertOne({ service: services[1], name: 'new in Nuvem' });
    await asNuve.update(services[0], { name: 'by Nuve', _id: both?._id as Types.ObjectId });
    await asNuve.remove(services[0], removed?._id);
    await nuve.collection('services').deleteOne({ _id: services[1] });
    const before = await roomsOf(other, services[0]);
    // As if the rooms were older than a second when they were given back.
    const importedAt = new Date(Date.now() + 60_000);
    await other.collection('licodeImports').updateMany({}, { $set: { importedAt } });
    const { findings } = await takeOver(other);
    // A room that was written again counts that.
    const after = await roomsOf(other, services[0]);
    expect(after.map((room) => ({ ...room, revision: undefined }))).toEqual(before);
    expect(await roomsOf(other, services[1])).toHaveLength(6);
    expect(findings.changedSince.examples).toEqual([
      `room ${String(removed?._id)}`,
      `room ${String(both?._id)}`,
      `service ${String(services[1])}`,
    ]);
    expect(findings.deletedSince.examples).toEqual([`room ${String(deleted?._id)}`]);
  });

  it('reports rooms that are other in Nuve where nobody went back', async () => {
    await takeOver(other);
    const [room] = await roomsOf(other, services[0]);
    await asNuve.update(services[0], { name: 'x', _id: room?._id as Types.ObjectId });
    const { findings } = await takeOver(other);
    expect(findings.changedSince.examples).toEqual([`room ${String(room?._id)}`]);
  });

  it('takes the node that registered anew with Nuve, and puts rooms where Nuve has them', async () => {
    await takeOver(other);
    await back(other);
    const nodes = nuve.collection('erizoControllers');
    const old = await nodes.findOne({ keepAlive: 0 });
    const fresh = { ...old, _id: new Types.ObjectId() };
    await nodes.deleteMany({});
    await nodes.insertOne({ ...fresh });
    const [room] = await roomsOf(other, services[0]);
    const erizoControllerId = fresh._id;
    await nuve.collection('rooms').updateMany({}, { $unset: { erizoControllerId: '' } });
    await nuve.collection('rooms').updateOne({ _id: room?._id }, { $set: { erizoControllerId } });
    await takeOver(other);
    const known = await other.collection('erizoControllers').find({}).toArray();
    expect(known).toMatchObject([{ _id: fresh._id }]);
    const placed = await other
      .collection('rooms')
      .find({ erizoControllerId: { $exists: true } })
      .toArray();
    expect(placed).toMatchObject([{ _id: room?._id, erizoControllerId }]);
  });

  it('is refused from another database than that which Nuve was given', async () => {
    await takeOver(other);
    await back(other);
    const third = client.db(new URL(freshDatabaseUri()).pathname.slice(1));
    await fillNuvedb(third, { services: 1, roomsPerService: 2 });
    await expect(takeOver(other, { source: third })).rejects.toThrow(
      `given back to ${nuve.databaseName}: import from that one`,
    );
  });

  it('does not undo what Nuve did when going back is said twice', async () => {
    await takeOver(other);
    const [renamed, deleted] = await roomsOf(other, services[0]);
    await back(other);
    await asNuve.update(services[0], { name: 'x', _id: renamed?._id as Types.ObjectId });
    await asNuve.remove(services[0], deleted?._id);
    await nuve.collection('services').deleteOne({ _id: services[1] });
    const before = await dump(nuve);
    const { findings } = await back(other);
    await expect(dump(nuve)).resolves.toEqual(before);
    expect(findings.nuvesSince.count).toBe(3);
  });
});

function withoutRun(report: ImportReport): unknown {
  return { ...(JSON.parse(JSON.stringify(report)) as object), dryRun: undefined };
}
