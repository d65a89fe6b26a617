import type { mongo, Types } from 'mongoose';
import { randomBytes } from 'node:crypto';
import type { Service } from '../../services/schemas/service.schema.js';
import type { LicodeService } from '../licode-documents.js';
import { IMPORT_MARKS } from '../own-collections.js';
import { areAsReturned } from '../returned-rooms.js';
import { isSame } from '../same-value.js';
import type { ImportMark } from '../import-mark.js';
import type { BackOptions } from './back-options.js';
import type { BackReport } from './back-report.js';
import { idOf, type EmbeddedRoom } from './room-list.js';
import { RoomReturner, type ServiceRooms, type Situation } from './room-returner.js';

type NuveService = LicodeService & { _id: Types.ObjectId };
type Changes = Record<string, unknown>;

/** On one database, a service's document has its rooms in it: up to 16 MB. */
const WITHOUT_ROOMS = { name: 1, role: 1, sealedKey: 1 } as const;

/** Brings Nuve's services up to date, with the rooms that they list. */
export class ServiceReturner {
  private readonly ours: mongo.Collection<Service>;
  private readonly theirs: mongo.Collection<NuveService>;
  private readonly marks: mongo.Collection<ImportMark>;
  private readonly rooms: RoomReturner;

  constructor(
    private readonly options: BackOptions,
    private readonly situation: Situation,
    private readonly report: BackReport,
  ) {
    this.ours = options.nuvem.collection('services');
    this.theirs = options.nuve.collection('services');
    this.marks = options.nuvem.collection(IMPORT_MARKS);
    this.rooms = new RoomReturner(options, situation, report);
  }

  async returnAll(): Promise<void> {
    await this.rooms.removeMarks();
    await this.rooms.leaveLostNodes();
    if (!this.situation.shared) await this.removeDeleted();
    // Those without a role were never imported: they are as Nuve left them.
    const filter = { role: { $exists: true } };
    const ours = this.ours.find(filter, { projection: WITHOUT_ROOMS }).sort({ _id: 1 });
    for await (const service of ours) await this.returnService(service);
  }

  /** Those that were imported and are gone were deleted since; any other is Nuve's own. */
  private async removeDeleted(): Promise<void> {
    for await (const { _id } of this.marks.find({})) {
      if (await this.ours.findOne({ _id }, { projection: { _id: 1 } })) continue;
      const service = await this.theirs.findOne({ _id });
      if (!service) continue;
      this.report.services.removed += 1;
      await this.rooms.remove(listOf(service.rooms));
      if (this.options.apply) await this.theirs.deleteOne({ _id });
    }
  }

  private async returnService(service: Service): Promise<void> {
    const { _id, name } = service;
    this.report.services.found += 1;
    const existing: Partial<NuveService> = (await this.theirs.findOne({ _id })) ?? {};
    const mark = await this.marks.findOne({ _id });
    const listed = listOf(existing.rooms);
    const isNuves = await this.isNuves(_id, mark);
    if (isNuves) this.report.findings.nuvesSince.add(_id.toHexString());
    if (isNuves && !existing._id) return;
    const returned = isNuves
      ? asIs(existing, listed)
      : await this.rooms.returnRooms(_id, listed, mark?.importedAt);
    const set: Changes = { name, key: this.keyFor(service, existing.key), ...returned };
    const unset = staleFields(existing, returned);
    const before = Object.fromEntries(Object.entries(existing).filter(([field]) => field in set));
    if (!isSame(before, set) || unset.length > 0) {
      this.report.services.changed += 1;
      if (this.options.apply) await this.write(_id, set, unset);
    }
    if (this.options.apply && !this.situation.shared) await this.mark(_id);
  }

  private async write(_id: Types.ObjectId, set: Changes, unset: string[]): Promise<void> {
    const update = {
      $set: set,
      ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((field) => [field, ''])) }),
    };
    await this.theirs.updateOne({ _id }, update as mongo.UpdateFilter<NuveService>, {
      upsert: true,
    });
  }

  /** Whether it was given back before, and Nuvem has not changed it since: Nuve may have. */
  private async isNuves(_id: Types.ObjectId, mark: ImportMark | null): Promise<boolean> {
    const { nuve, nuvem } = this.options;
    if (this.situation.shared || mark?.returnedTo !== nuve.databaseName) return false;
    return areAsReturned(nuvem, _id);
  }

  /** From now on Nuve may change it, and the next import takes that over. What is missing then was deleted. */
  private async mark(_id: Types.ObjectId): Promise<void> {
    const returnedTo = this.options.nuve.databaseName;
    const mark = { importedAt: new Date(), returnedTo };
    await this.marks.updateOne({ _id }, { $set: mark }, { upsert: true });
  }

  /**
   * Nuve ends at a request that names a service without a key, and lets anybody in to one whose key is empty. So a
   * service that has none in clear gets one that nobody knows.
   */
  private keyFor(service: Service, existing: unknown): string {
    const real = this.realKey(service);
    const clear = typeof existing === 'string' && existing !== '' ? existing : undefined;
    const made = clear ?? randomBytes(32).toString('hex');
    const key = this.options.withKeys ? (real ?? made) : made;
    if (key !== real)
      this.report.findings.refused.add(`${service._id.toHexString()} ${service.name}`);
    return key;
  }

  /** @returns undefined for a node, which is nobody to Nuve, and where the key cannot be read */
  private realKey({ _id, role, sealedKey }: Service): string | undefined {
    const { superservice, open } = this.options;
    if (_id.equals(superservice.id)) return superservice.key;
    if (role !== 'tenant' || sealedKey === undefined) return undefined;
    try {
      return open(sealedKey);
    } catch {
      this.report.findings.unopened.add(_id.toHexString());
      return undefined;
    }
  }
}

/** What is said of a test room that was deleted or made anew: Nuve would go on handing the old one out. */
function staleFields(
  existing: Partial<NuveService>,
  { rooms, testRoom }: ServiceRooms,
): ('testRoom' | 'testToken')[] {
  const id = idOf(existing.testRoom);
  const stays = testRoom
    ? idOf(testRoom) === id
    : id !== '' && rooms.some((room) => idOf(room) === id);
  const stale = testRoom ? (['testToken'] as const) : (['testRoom', 'testToken'] as const);
  return stays ? [] : stale.filter((field) => field in existing);
}

function asIs({ testRoom }: Partial<NuveService>, rooms: unknown[]): ServiceRooms {
  return { rooms, ...(idOf(testRoom) !== '' && { testRoom: testRoom as EmbeddedRoom }) };
}

function listOf(rooms: unknown): unknown[] {
  return Array.isArray(rooms) ? (rooms as unknown[]) : [];
}
