import type { mongo, Types } from 'mongoose';
import type { Room } from '../../rooms/schemas/room.schema.js';
import { readSettings, toObjectId } from '../licode-documents.js';
import { fingerprintOf, returnedRoomsOf } from '../returned-rooms.js';
import { wasThere } from '../import/service-importer.js';
import type { BackOptions } from './back-options.js';
import type { BackReport } from './back-report.js';
import { idOf, RoomList, toEmbedded, type EmbeddedRoom } from './room-list.js';

/** Rooms written at once. */
const BATCH = 200;

const WHAT_NUVE_KNOWS = {
  name: 1,
  p2p: 1,
  data: 1,
  mediaConfiguration: 1,
  erizoControllerId: 1,
  test: 1,
} as const;

export interface Situation {
  /** Whether both are on one database, where the rooms are the same documents. */
  shared: boolean;
  /** Nodes that Nuve can talk to. */
  nodes: Types.ObjectId[];
}

export interface ServiceRooms {
  rooms: unknown[];
  testRoom?: EmbeddedRoom;
}

type NuveRoom = Omit<Partial<Room>, '_id'> & { _id: Types.ObjectId };

/** Works out what a service lists, and brings Nuve's rooms up to date where they are others than Nuvem's. */
export class RoomReturner {
  private readonly ours: mongo.Collection<Room>;
  private readonly theirs: mongo.Collection<NuveRoom>;

  constructor(
    private readonly options: BackOptions,
    private readonly situation: Situation,
    private readonly report: BackReport,
  ) {
    this.ours = options.nuvem.collection('rooms');
    this.theirs = options.nuve.collection('rooms');
  }

  /** Takes rooms off nodes that Nuve cannot talk to: otherwise it looks for them at each room's next token. */
  async leaveLostNodes(): Promise<void> {
    if (!this.options.apply || !this.situation.shared) return;
    const erizoControllerId = { $exists: true, $nin: this.situation.nodes };
    await this.ours.updateMany(
      { service: { $exists: true }, erizoControllerId },
      { $unset: { erizoControllerId: '' } },
    );
  }

  /** Removes what is left of deleted rooms, which Nuve would take for rooms. */
  async removeMarks(): Promise<void> {
    if (!this.options.apply || !this.situation.shared) return;
    await this.ours.deleteMany({ deletedAt: { $exists: true } });
  }

  /**
   * @param listed what the service lists by now
   * @param importedAt when its import was done, if it was imported
   */
  async returnRooms(
    service: Types.ObjectId,
    listed: unknown[],
    importedAt?: Date,
  ): Promise<ServiceRooms> {
    if (this.options.apply) await returnedRoomsOf(this.options.nuvem).deleteMany({ service });
    const list = new RoomList(listed, await this.keptOf(service, listed, importedAt));
    let testRoom: EmbeddedRoom | undefined;
    let batch: Room[] = [];
    for await (const room of this.ours
      .find({ service }, { projection: WHAT_NUVE_KNOWS })
      .sort({ _id: 1 })) {
      this.report.rooms.found += 1;
      const embedded = toEmbedded(room);
      if (!list.add(embedded)) {
        this.report.findings.tooLarge.add(room._id.toHexString());
        continue;
      }
      if (room.test) testRoom = embedded;
      batch.push(room);
      if (batch.length === BATCH) await this.write(service, batch.splice(0));
    }
    await this.write(service, batch);
    const { rooms, changed, removed } = list.finish();
    this.report.rooms.changed += changed;
    this.report.rooms.removed += removed;
    return { rooms, ...(testRoom && { testRoom }) };
  }

  async remove(rooms: unknown[]): Promise<void> {
    const ids = rooms.map((room) => toObjectId(idOf(room))).filter((id) => id !== null);
    if (this.options.apply) await this.theirs.deleteMany({ _id: { $in: ids } });
  }

  /**
   * The ids of listed rooms that are not this service's in Nuvem, and stay: there is a document of each. On a room
   * without one Nuve ends.
   */
  private async keptOf(
    service: Types.ObjectId,
    listed: unknown[],
    importedAt?: Date,
  ): Promise<ReadonlySet<string>> {
    const ids = listed.map((room) => toObjectId(idOf(room))).filter((id) => id !== null);
    const filter = { _id: { $in: ids }, deletedAt: { $exists: false } };
    const known = await this.ours.find(filter, { projection: { service: 1 } }).toArray();
    const owners = new Map(known.map((room) => [room._id.toHexString(), room.service]));
    const there = await this.theirs.find(filter, { projection: { _id: 1 } }).toArray();
    const others = there.filter(({ _id }) => !owners.get(_id.toHexString())?.equals(service));
    const deleted = others.filter(
      (room) => !owners.has(room._id.toHexString()) && wasThere(room, { importedAt }),
    );
    await this.remove(deleted);
    const kept = new Set(others.map(({ _id }) => _id.toHexString()));
    for (const { _id } of deleted) kept.delete(_id.toHexString());
    return kept;
  }

  private async write(service: Types.ObjectId, batch: Room[]): Promise<void> {
    if (!this.options.apply || this.situation.shared || batch.length === 0) return;
    const writes = batch.map((room) => {
      const { _id, ...fields } = toEmbedded(room);
      const node = room.erizoControllerId;
      const keepsNode = node !== undefined && this.situation.nodes.some((id) => id.equals(node));
      const replacement = { ...fields, ...(keepsNode && { erizoControllerId: node }) };
      return { replaceOne: { filter: { _id }, replacement, upsert: true } };
    });
    await this.theirs.bulkWrite(writes as mongo.AnyBulkWriteOperation<NuveRoom>[], {
      ordered: false,
    });
    const returned = batch.map((room) => ({
      _id: room._id,
      service,
      fingerprint: fingerprintOf(readSettings(toEmbedded(room))),
    }));
    await returnedRoomsOf(this.options.nuvem).insertMany(returned, { ordered: false });
  }
}
