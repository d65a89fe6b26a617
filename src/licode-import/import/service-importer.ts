import type { mongo, Types } from 'mongoose';
import type { ImportMark } from '../import-mark.js';
import type { ImportOptions } from './import-options.js';
import type { ImportReport } from './import-report.js';
import {
  readEmbeddedRoom,
  isPlainData,
  readSettings,
  toObjectId,
  toText,
  type EmbeddedRoom,
  type LicodeService,
} from '../licode-documents.js';
import { NuveDeletions } from './nuve-deletions.js';
import { searchFields } from '../../rooms/search/search-fields.js';
import { IMPORT_MARKS } from '../own-collections.js';
import { fingerprintOf, returnedRoomsOf, type ReturnedRoom } from '../returned-rooms.js';
import { isSame } from '../same-value.js';

/** Rooms read and written at once: a room's data may be 100 kB. */
const BATCH = 200;

/** Shorter keys can be found from one signed request. */
const MIN_KEY_LENGTH = 16;

interface Room {
  _id: Types.ObjectId;
  service?: Types.ObjectId;
  [field: string]: unknown;
}

interface Target {
  service: Types.ObjectId;
  /** The room that is to be the service's test room. */
  testRoom: string | null;
  importedAt?: Date;
}

/** Takes over one service after the other, with the rooms that it lists. */
export class ServiceImporter {
  /** Rooms by id, and the service that has them. */
  readonly seen = new Map<string, string>();
  private readonly seenServices = new Set<string>();
  private readonly deletions: NuveDeletions;
  private readonly services: mongo.Collection;
  private readonly marks: mongo.Collection<ImportMark>;
  private readonly rooms: mongo.Collection<Room>;
  private readonly sourceRooms: mongo.Collection<Room>;

  constructor(
    private readonly options: ImportOptions,
    /** Ids of nodes that rooms may stay with. */
    private readonly controllers: ReadonlySet<string>,
    private readonly report: ImportReport,
  ) {
    const { source, target } = options;
    this.services = target.collection('services');
    this.marks = target.collection<ImportMark>(IMPORT_MARKS);
    this.rooms = target.collection<Room>('rooms');
    this.deletions = new NuveDeletions(options, report);
    this.sourceRooms = source.collection<Room>('rooms');
  }

  async import(service: LicodeService): Promise<void> {
    const _id = toObjectId(service._id);
    this.report.services.found += 1;
    if (!_id) {
      this.report.findings.unusable.add(`service ${String(service._id)}`);
      return;
    }
    this.seenServices.add(_id.toHexString());
    const { importedAt, returnedTo } = (await this.marks.findOne({ _id })) ?? {};
    const exists = await this.importItself(_id, service, importedAt);
    const embedded = this.readRooms(_id, service);
    if (!exists) return;
    // Before the others, so that a new test room takes the place of one that is gone.
    if (returnedTo !== undefined) await this.deletions.takeOverRooms(_id, this.seen);
    const testRoom = await this.findTestRoom(_id, service);
    for (let at = 0; at < embedded.length; at += BATCH) {
      await this.importRooms(embedded.slice(at, at + BATCH), {
        service: _id,
        testRoom,
        importedAt,
      });
    }
    // Last, so that an import that was cut short is done again.
    if (this.options.apply) {
      await this.marks.updateOne(
        { _id },
        { $set: { importedAt: new Date() }, $unset: { returnedTo: '' } },
        { upsert: true },
      );
      await returnedRoomsOf(this.options.target).deleteMany({ service: _id });
    }
  }

  /** To be called once every service was imported. */
  async finish(): Promise<void> {
    await this.deletions.takeOverServices(this.seenServices);
  }

  /** @returns false for one that was deleted since an earlier import */
  private async importItself(
    _id: Types.ObjectId,
    { name, key }: LicodeService,
    importedAt: Date | undefined,
  ): Promise<boolean> {
    const existing = await this.services.findOne(
      { _id },
      { projection: { name: 1, role: 1, sealedKey: 1 } },
    );
    if (!existing && importedAt) {
      this.report.findings.deletedSince.add(`service ${_id.toHexString()}`);
      return false;
    }
    const hasKey = typeof key === 'string' && key !== '';
    if (!hasKey) this.report.findings.servicesWithoutKey.add(_id.toHexString());
    else if (key.length < MIN_KEY_LENGTH) this.report.findings.weakKeys.add(_id.toHexString());
    const isSuperservice = _id.equals(this.options.superserviceId);
    if (existing?.['role'] && (existing['sealedKey'] || !hasKey || isSuperservice)) {
      this.report.services.alreadyThere += 1;
      if (existing['name'] !== toText(name)) {
        this.report.findings.changedSince.add(`service ${_id.toHexString()}`);
      }
      if (hasKey && existing['role'] === 'tenant' && !this.isKeyOf(existing, key)) {
        this.report.findings.otherKeys.add(_id.toHexString());
      }
      return true;
    }
    this.report.services.imported += 1;
    this.checkName(`service ${_id.toHexString()}`, name);
    const document = {
      name: toText(name),
      role: isSuperservice ? 'superservice' : 'tenant',
      // The superservice's key is in the settings alone.
      ...(hasKey && !isSuperservice && { sealedKey: this.options.seal(key) }),
      createdAt: _id.getTimestamp(),
    };
    if (this.options.apply) {
      await this.services.updateOne({ _id }, { $set: document }, { upsert: true });
    }
    return true;
  }

  private isKeyOf({ sealedKey }: mongo.Document, key: string): boolean {
    try {
      return typeof sealedKey === 'string' && this.options.open(sealedKey) === key;
    } catch {
      return false;
    }
  }

  private readRooms(service: Types.ObjectId, { rooms, testRoom }: LicodeService): EmbeddedRoom[] {
    const owner = service.toHexString();
    const found: EmbeddedRoom[] = [];
    for (const value of Array.isArray(rooms) ? (rooms as unknown[]) : []) {
      this.report.rooms.found += 1;
      const room = readEmbeddedRoom(value);
      const id = room?._id.toHexString() ?? '';
      if (!room) this.report.findings.unusable.add(`room of service ${owner}`);
      else if (this.seen.has(id)) this.report.findings.duplicates.add(`room ${id} of ${owner}`);
      else {
        this.seen.set(id, owner);
        found.push(room);
      }
    }
    // Nuve keeps a test room beside the others as well.
    const test = readEmbeddedRoom(testRoom);
    if (test && !this.seen.has(test._id.toHexString())) {
      this.report.rooms.found += 1;
      this.seen.set(test._id.toHexString(), owner);
      found.push(test);
    }
    return found;
  }

  private async findTestRoom(
    service: Types.ObjectId,
    { testRoom }: LicodeService,
  ): Promise<string | null> {
    const room = readEmbeddedRoom(testRoom);
    if (!room) return null;
    const existing = await this.rooms.findOne({ service, test: true }, { projection: { _id: 1 } });
    return existing ? null : room._id.toHexString();
  }

  private async importRooms(batch: EmbeddedRoom[], target: Target): Promise<void> {
    const ids = batch.map(({ _id }) => _id);
    const originals = await byId(this.sourceRooms.find({ _id: { $in: ids } }));
    const existing = await byId(this.rooms.find({ _id: { $in: ids } }));
    const returned = await byId(returnedRoomsOf(this.options.target).find({ _id: { $in: ids } }));
    const writes: mongo.AnyBulkWriteOperation<Room>[] = [];
    for (const room of batch) {
      const id = room._id.toHexString();
      const there = existing.get(id);
      const original = originals.get(id);
      if (there?.service) {
        const change = this.merge(room, { there, original, returned: returned.get(id) });
        if (change) writes.push(change);
      } else if (there?.deletedAt || (!there && wasThere(room, target)))
        this.report.findings.deletedSince.add(`room ${id}`);
      else {
        this.report.rooms.imported += 1;
        this.compare(room, original);
        this.checkName(`room ${id}`, room.name);
        if (!isPlainData(room.settings.data)) this.report.findings.oddData.add(id);
        writes.push(this.write(room, original, target));
      }
    }
    if (this.options.apply && writes.length > 0)
      await this.rooms.bulkWrite(writes, { ordered: false });
  }

  /**
   * Where both have a room: what Nuve changed after it was given back is taken over, unless Nuvem changed it, too.
   *
   * @returns what is to be written
   */
  private merge(
    room: EmbeddedRoom,
    { there, original, returned }: { there: Room; original?: Room; returned?: ReturnedRoom },
  ): mongo.AnyBulkWriteOperation<Room> | undefined {
    const id = room._id.toHexString();
    const ours = readSettings(there);
    const isOther = !isSame(ours, room.settings);
    if (returned?.fingerprint === fingerprintOf(ours)) {
      if (isOther) this.report.findings.changedByNuve.add(`room ${id}`);
      this.report.rooms[isOther ? 'imported' : 'alreadyThere'] += 1;
      return this.change(room, there, original);
    }
    this.report.rooms.alreadyThere += 1;
    if (isOther && returned?.fingerprint !== fingerprintOf(room.settings)) {
      this.report.findings.changedSince.add(`room ${id}`);
    }
    return undefined;
  }

  private change(
    { _id, settings }: EmbeddedRoom,
    there: Room,
    original: Room | undefined,
  ): mongo.AnyBulkWriteOperation<Room> {
    const node = this.nodeOf(original);
    const found = searchFields(settings);
    const revision = Number(there['revision'] ?? 0) + 1;
    const set = { ...settings, ...found, revision, ...(node && { erizoControllerId: node }) };
    const gone = ['p2p', 'data', 'dataPairs', 'mediaConfiguration', 'erizoControllerId'].filter(
      (field) => !(field in set),
    );
    // As with any new name: getOrCreate no longer finds it by the old one.
    if (there['name'] !== settings.name) gone.push('uniqueName');
    const $unset = Object.fromEntries(gone.map((field) => [field, '' as const]));
    return { updateOne: { filter: { _id }, update: { $set: set, $unset } } };
  }

  /** The node that a room stays with: one that nobody knows would have to be found dead at its next token. */
  private nodeOf(original: Room | undefined): Types.ObjectId | undefined {
    const node = toObjectId(original?.['erizoControllerId']);
    return node !== null && this.controllers.has(node.toHexString()) ? node : undefined;
  }

  private compare(room: EmbeddedRoom, original: Room | undefined): void {
    const id = room._id.toHexString();
    if (!original) this.report.findings.ghosts.add(id);
    else if (!isSame(readSettings(original), room.settings)) this.report.findings.differing.add(id);
  }

  private checkName(whose: string, name: unknown): void {
    if (name !== undefined && typeof name !== 'string') {
      this.report.findings.namesAsText.add(`${whose} ${toText(name)}`);
    }
  }

  private write(
    { _id, settings }: EmbeddedRoom,
    original: Room | undefined,
    { service, testRoom }: Target,
  ): mongo.AnyBulkWriteOperation<Room> {
    const node = this.nodeOf(original);
    return {
      updateOne: {
        filter: { _id },
        update: {
          $set: {
            ...settings,
            ...searchFields(settings),
            service,
            createdAt: _id.getTimestamp(),
            ...(_id.toHexString() === testRoom && { test: true }),
            ...(node && { erizoControllerId: node }),
          },
          ...(!node && { $unset: { erizoControllerId: '' } }),
        },
        upsert: true,
      },
    };
  }
}

/** Whether the import that was done then must have taken the room over. An id's time is in whole seconds. */
export function wasThere(
  { _id }: Pick<EmbeddedRoom, '_id'>,
  { importedAt }: Pick<Target, 'importedAt'>,
): boolean {
  return importedAt !== undefined && _id.getTimestamp().getTime() + 1000 < importedAt.getTime();
}

async function byId<T extends { _id: Types.ObjectId }>(
  found: mongo.FindCursor<T>,
): Promise<Map<string, T>> {
  return new Map((await found.toArray()).map((room) => [room._id.toHexString(), room]));
}
