import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { Service } from './schemas/service.schema.js';
import type { ServiceSummary } from './service-summary.js';

const SUMMARY = { name: 1, role: 1 } as const;

@Injectable()
export class ServicesRepository {
  constructor(@InjectModel(Service.name) private readonly services: Model<Service>) {}

  async insert(service: Omit<Service, '_id'>): Promise<Types.ObjectId> {
    const _id = new Types.ObjectId();
    await this.services.create({ _id, ...service });
    return _id;
  }

  /** Makes the document by which the superservice is listed. It holds no key: the settings do. */
  async ensureSuperservice(_id: Types.ObjectId, createdAt: Date): Promise<void> {
    await this.services.updateOne(
      { _id },
      {
        $set: { role: 'superservice' },
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

  findSummary(_id: Types.ObjectId): Promise<ServiceSummary | null> {
    return this.services.findOne({ _id }, SUMMARY).lean();
  }

  findWithKey(
    _id: Types.ObjectId,
  ): Promise<Pick<Service, '_id' | 'name' | 'role' | 'sealedKey'> | null> {
    return this.services.findOne({ _id }, { ...SUMMARY, sealedKey: 1 }).lean();
  }

  async remove(_id: Types.ObjectId): Promise<boolean> {
    const { deletedCount } = await this.services.deleteOne({ _id });
    return deletedCount === 1;
  }
}
