import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { MongooseHealthIndicator, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Connection } from 'mongoose';

const TIMEOUT_MS = 1_500;

@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly mongoose: MongooseHealthIndicator,
    @InjectConnection() private readonly connection: Connection,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    return this.mongoose.pingCheck('database', {
      connection: this.connection,
      timeout: TIMEOUT_MS,
    });
  }
}
