import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../common/clock.js';

/**
 * The database's time, by which its TTL indexes remove documents. Nobody asks for it: the answers to the driver's own
 * checks, every ten seconds, hold it.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit {
  /** What is added to the monotonic clock. */
  private offsetMs?: number;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    this.connection
      .getClient()
      .on('serverHeartbeatSucceeded', ({ reply }) => this.take(reply as mongo.Document));
    this.take(await (this.connection.db as mongo.Db).command({ hello: 1 }));
  }

  /** Milliseconds since 1970, whatever this machine's clock says. */
  now(): number {
    const { offsetMs } = this;
    return offsetMs === undefined ? this.clock.now() : this.clock.monotonic() + offsetMs;
  }

  private take({ localTime, isWritablePrimary }: mongo.Document): void {
    // Each member of a replica set has a clock of its own, and the primary removes.
    if (!(localTime instanceof Date) || isWritablePrimary !== true) return;
    this.offsetMs = localTime.getTime() - this.clock.monotonic();
  }
}
