import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, type mongo } from 'mongoose';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { guardedFilter, remembered, type Guarded } from '../common/conditional/guarded.js';
import { revisionFilter } from '../common/conditional/revision-filter.js';
import type { Roles } from '../common/participant-roles/roles.js';
import { collectionOf } from '../database/driver.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { EventLogMode } from './event-log-mode.js';
import type { RoomDefaults } from './room-defaults.js';
import { Service } from './schemas/service.schema.js';
import type { ServiceSummary } from './service-summary.js';

const SUMMARY = {
  name: 1,
  role: 1,
  roles: 1,
  eventLog: 1,
  roomDefaults: 1,
  revision: 1,
  changeIds: 1,
  createdAt: 1,
  updatedAt: 1,
} as const;

/** A service that can sign. */
type KeyedService = Service & { sealedKey: string };

/** What may change of a service; null gives it the roles of the settings, and takes what its rooms have by default. */
export interface ServiceChanges {
  name?: string;
  roles?: Roles | null;
  eventLog?: EventLogMode;
  /** All of them. */
  roomDefaults?: RoomDefaults | null;
}

export interface ServicePage {
  limit: number;
  /** Services after this id. */
  after?: Types.ObjectId;
  /** No other service. */
  only?: Types.ObjectId;
}

@Injectable()
export class ServicesRepository {
  constructor(@InjectModel(Service.name) private readonly services: Model<Service>) {}

  /** @returns the service, or the one that has its id already */
  async insert(service: KeyedService): Promise<KeyedService> {
    try {
      await this.services.create(service);
      return service;
    } catch (error) {
      const found = isDuplicateKey(error) && (await this.findWithKey(service._id));
      if (!found || !isKeyed(found)) throw error;
      return found;
    }
  }

  /** Makes the document by which the superservice is listed. It holds no key: the settings do. */
  async ensureSuperservice(_id: Types.ObjectId, createdAt: Date): Promise<void> {
    await this.services.updateOne(
      { _id },
      {
        $set: { role: 'superservice', eventLog: 'on' },
        $unset: { sealedKey: '' },
        $setOnInsert: { name: 'superService', createdAt },
      },
      { upsert: true },
    );
  }

  /**
   * Makes tenants without a key of those that were the superservice under another SUPERSERVICE_ID: their rooms
   * stay, and can be read and deleted.
   *
   * @returns how many there were
   */
  async demoteOthers(superservice: Types.ObjectId): Promise<number> {
    const { modifiedCount } = await this.services.updateMany(
      { role: 'superservice', _id: { $ne: superservice } },
      { $set: { role: 'tenant' }, $unset: { sealedKey: '' } },
    );
    return modifiedCount;
  }

  /** The sealed key of some service, if there is any. */
  async findAnySealedKey(): Promise<string | undefined> {
    const service = await this.services
      .findOne({ sealedKey: { $exists: true } }, { sealedKey: 1 })
      .lean();
    return service?.sealedKey;
  }

  findAll(): Promise<ServiceSummary[]> {
    return this.services.find({}, SUMMARY).sort({ _id: 1 }).lean();
  }

  /** In the order of ids. */
  find({ limit, after, only }: ServicePage): Promise<ServiceSummary[]> {
    const _id = { ...(after && { $gt: after }), ...(only && { $eq: only }) };
    const filter = Object.keys(_id).length > 0 ? { _id } : {};
    return this.services.find(filter, SUMMARY).sort({ _id: 1 }).limit(limit).lean();
  }

  findSummary(_id: Types.ObjectId): Promise<ServiceSummary | null> {
    return this.services.findOne({ _id }, SUMMARY).lean();
  }

  findWithKey(_id: Types.ObjectId): Promise<Service | null> {
    return this.services.findOne({ _id }, { ...SUMMARY, sealedKey: 1, hasBans: 1 }).lean();
  }

  /** Remembers that the service bans people. */
  async noteBans(_id: Types.ObjectId): Promise<void> {
    await this.services.updateOne({ _id }, { $set: { hasBans: true } });
  }

  /**
   * Changes what is given, in one step.
   *
   * @param changeId of the change, where it may be asked for again
   * @returns null when there is none of these revisions, or the change was made
   */
  update(
    _id: Types.ObjectId,
    { name, roles, eventLog, roomDefaults }: ServiceChanges,
    { now, ...guarded }: { now: Date } & Guarded,
  ): Promise<ServiceSummary | null> {
    const $set = {
      ...(name !== undefined && { name: { $literal: name } }),
      // A literal: `$` and `.` in the names of roles are characters, not operators and paths.
      ...(roles && { roles: { $literal: roles } }),
      ...(eventLog && { eventLog }),
      ...(roomDefaults && { roomDefaults: { $literal: roomDefaults } }),
      revision: { $add: [{ $ifNull: ['$revision', 0] }, 1] },
      updatedAt: now,
      ...remembered(guarded.changeId),
    };
    const unset = Object.entries({ roles, roomDefaults }).filter(([, value]) => value === null);
    const stages: mongo.Document[] = [{ $set }, ...unset.map(([field]) => ({ $unset: field }))];
    return collectionOf(this.services).findOneAndUpdate(
      { _id, ...guardedFilter(guarded) },
      stages,
      { returnDocument: 'after', projection: SUMMARY },
    );
  }

  async remove(_id: Types.ObjectId, expected?: ExpectedRevisions): Promise<boolean> {
    const { deletedCount } = await this.services.deleteOne({ _id, ...revisionFilter(expected) });
    return deletedCount === 1;
  }
}

function isKeyed(service: Service): service is KeyedService {
  return service.sealedKey !== undefined;
}
