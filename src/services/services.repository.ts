import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { Service } from './schemas/service.schema.js';

export type ServiceSummary = Pick<Service, '_id' | 'name' | 'role'>;

const SUMMARY = { name: 1, role: 1 } as const;

@Injectable()
export class ServicesRepository {
  constructor(@InjectModel(Service.name) private readonly services: Model<Service>) {}

  async insert(service: Omit<Service, '_id'>): Promise<Types.ObjectId> {
    const _id = new Types.ObjectId();
    await this.services.collection.insertOne({ _id, ...service });
    return _id;
  }

  /** Makes the superservice's document when there is none, and gives its sealed key. */
  async ensureSuperservice(
    _id: Types.ObjectId,
    sealedKey: string,
    createdAt: Date,
  ): Promise<string> {
    await this.services.collection.updateOne(
      { _id },
      { $set: { role: 'superservice' }, $setOnInsert: { name: 'superService', createdAt } },
      { upsert: true },
    );
    // Apart, since the document of a Licode installation is there but was never sealed.
    await this.services.collection.updateOne(
      { _id, sealedKey: { $exists: false } },
      { $set: { sealedKey } },
    );
    const service = await this.services.findById(_id, { sealedKey: 1 }).lean();
    return service?.sealedKey ?? '';
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
