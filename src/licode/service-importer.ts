import type { mongo, Types } from 'mongoose';
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
} from './licode-documents.js';
import { IMPORT_MARKS } from './own-collections.js';
import { isSame } from './same-value.js';

/** Rooms read and written at once: a room's data may be 100 kB. */
const BATCH = 200;

/** Shorter keys can be found from one signed request. */
const MIN_KEY_LENGTH = 16;

interface Room {
  _id: Types.ObjectId;
  service?: Types.ObjectId;
  [field: string]: unknown;
}

/** Which services were imported, and when: what is missing of them later was deleted. */
export interface ImportMark {
  _id: Types.ObjectId;
  importedAt: Date;
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
    this.sourceRooms = source.collection<Room>('rooms');
  }

  async import(service: LicodeService): Promise<void> {
    const _id = toObjectId(service._id);
    this.report.services.found += 1;
    if (!_id) {
      this.report.findings.unusable.add(`service ${String(service._id)}`);
      return;
    }
    const importedAt = (await this.marks.findOne({ _id }))?.importedAt;
    const exists = await this.importItself(_id, service, importedAt);
    const embedded = this.readRooms(_id, service);
    if (!exists) return;
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
      await this.marks.updateOne({ _id }, { $set: { importedAt: new Date() } }, { upsert: true });
    }
  }

  /** @returns false for one that was deleted since an earlier import */
  private async importItself(
    _id: Types.ObjectId,
    { name, key }: LicodeService,
    importedAt: Date | undefined,
  ): Promise<boolean> {
    const existing = await this.services.findOne(
      { _id },
      { projection: { role: 1, sealedKey: 1 } },
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
    const existing = await byId(
      this.rooms.find({ _id: { $in: ids } }, { projection: { service: 1 } }),
    );
    const writes: mongo.AnyBulkWriteOperation<Room>[] = [];
    for (const room of batch) {
      const id = room._id.toHexString();
      const there = existing.get(id);
      const original = originals.get(id);
      if (there?.service) this.report.rooms.alreadyThere += 1;
      else if (!there && wasThere(room, target))
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
    const node = toObjectId(original?.['erizoControllerId']);
    const keepsNode = node !== null && this.controllers.has(node.toHexString());
    return {
      updateOne: {
        filter: { _id },
        update: {
          $set: {
            ...settings,
            service,
            createdAt: _id.getTimestamp(),
            ...(_id.toHexString() === testRoom && { test: true }),
            ...(keepsNode && { erizoControllerId: node }),
          },
          // A node that nobody knows would have to be found dead at the room's next token.
          ...(!keepsNode && { $unset: { erizoControllerId: '' } }),
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

async function byId(found: mongo.FindCursor<Room>): Promise<Map<string, Room>> {
  return new Map((await found.toArray()).map((room) => [String(room._id), room]));
}
