import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Types, type Connection } from 'mongoose';
import { Environment } from '../config/environment.js';

const TIMEOUT_MS = 1_500;

/** Restored from the wrong backup, a database has no superservice: nobody could manage it. */
@Injectable()
export class SuperserviceHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly environment: Environment,
    @InjectConnection() private readonly connection: Connection,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('superservice');
    try {
      const _id = new Types.ObjectId(this.environment.superserviceId);
      const found = await this.connection
        .collection('services')
        .findOne({ _id }, { projection: { _id: 1 }, maxTimeMS: TIMEOUT_MS });
      return found ? indicator.up() : indicator.down('missing from the database');
    } catch {
      return indicator.down('database not available');
    }
  }
}
