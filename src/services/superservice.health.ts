import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Model, Types } from 'mongoose';
import { Environment } from '../config/environment.js';
import { Service } from './schemas/service.schema.js';

const TIMEOUT_MS = 1_500;

/** Restored from the wrong backup, a database has no superservice: nobody could manage it. */
@Injectable()
export class SuperserviceHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly environment: Environment,
    @InjectModel(Service.name) private readonly services: Model<Service>,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('superservice');
    try {
      const _id = new Types.ObjectId(this.environment.superserviceId);
      const found = await this.services.exists({ _id }).maxTimeMS(TIMEOUT_MS);
      return found ? indicator.up() : indicator.down('missing from the database');
    } catch {
      return indicator.down('database not available');
    }
  }
}
