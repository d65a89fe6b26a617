import type { mongo, Types } from 'mongoose';
import type { ImportOptions } from './import-options.js';
import type { ImportReport } from './import-report.js';
import { readSettings } from '../licode-documents.js';
import { IMPORT_MARKS } from '../own-collections.js';
import { areAsReturned, fingerprintOf, returnedRoomsOf } from '../returned-rooms.js';
import type { ImportMark } from '../import-mark.js';

/** Deletes what Nuve deleted after it was given back, unless Nuvem has changed it since. */
export class NuveDeletions {
  constructor(
    private readonly options: ImportOptions,
    private readonly report: ImportReport,
  ) {}

  /** @param listed ids of rooms that Nuve has */
  async takeOverRooms(service: Types.ObjectId, listed: ReadonlyMap<string, string>): Promise<void> {
    const { target, apply } = this.options;
    for await (const { _id, fingerprint } of returnedRoomsOf(target).find({ service })) {
      const id = _id.toHexString();
      if (listed.has(id)) continue;
      const room = await target.collection('rooms').findOne({ _id, deletedAt: { $exists: false } });
      if (!room) continue;
      if (fingerprintOf(readSettings(room)) !== fingerprint) {
        this.report.findings.changedSince.add(`room ${id}`);
        continue;
      }
      this.report.findings.deletedByNuve.add(`room ${id}`);
      if (!apply) continue;
      await target.collection('tokens').deleteMany({ room: _id });
      await target.collection('rooms').deleteOne({ _id });
    }
  }

  /** @param seen ids of services that Nuve has */
  async takeOverServices(seen: ReadonlySet<string>): Promise<void> {
    const { target, superserviceId, apply } = this.options;
    const marks = target.collection<ImportMark>(IMPORT_MARKS);
    const services = target.collection('services');
    for await (const { _id } of marks.find({ returnedTo: { $exists: true } })) {
      if (seen.has(_id.toHexString()) || _id.equals(superserviceId)) continue;
      if (!(await services.findOne({ _id }, { projection: { _id: 1 } }))) continue;
      const isUnchanged = await areAsReturned(target, _id);
      const { deletedByNuve, changedSince } = this.report.findings;
      (isUnchanged ? deletedByNuve : changedSince).add(`service ${_id.toHexString()}`);
      if (apply && isUnchanged) await this.deleteService(_id, services, marks);
    }
  }

  private async deleteService(
    service: Types.ObjectId,
    services: mongo.Collection,
    marks: mongo.Collection<ImportMark>,
  ): Promise<void> {
    const { target } = this.options;
    // The service first: from then on nobody makes rooms.
    await services.deleteOne({ _id: service });
    for (const name of ['tokens', 'rooms', 'erizoControllers']) {
      await target.collection(name).deleteMany({ service });
    }
    await returnedRoomsOf(target).deleteMany({ service });
    await marks.deleteOne({ _id: service });
  }
}
