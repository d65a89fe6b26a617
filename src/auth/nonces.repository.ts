import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { Environment } from '../config/environment.js';
import type { Hurry } from '../database/coalescer.js';
import { DatabaseClock } from '../database/database-clock.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import type { Nonce } from './schemas/nonce.schema.js';

/**
 * How much of a signature tells headers apart: 96 bits. The nonce alone would not do: Licode's clients draw it
 * from 99,999 numbers, and two users' requests of one millisecond may well have the same.
 */
const MARK_LENGTH = 32;

/** By how much clocks, ours or the database's, may jump while a used header is remembered, without its being let in again. */
const JUMP_MS = 600_000;

/** Remembers in the database, for all instances, which headers were used. */
@Injectable()
export class NoncesRepository {
  private readonly nonces: InsertBatcher<Nonce>;
  private readonly lifeMs: number;

  constructor(
    @InjectConnection() connection: Connection,
    private readonly databaseClock: DatabaseClock,
    { mauthWindowSeconds }: Environment,
  ) {
    // A timestamp is let in from a window before its time to a window after it.
    this.lifeMs = 2 * mauthWindowSeconds * 1000 + JUMP_MS;
    const database = (): mongo.Db => connection.db as mongo.Db;
    this.nonces = new InsertBatcher(database, 'nonces');
  }

  /**
   * Takes a header's only use.
   *
   * @returns false when it was used before, on this or another instance
   */
  use(serviceId: string, timestamp: string, signature: string, hurry?: Hurry): Promise<boolean> {
    // By the clock that nonces are removed by: ours may be wrong, or jump, and be right again.
    const expiresAt = new Date(this.databaseClock.now() + this.lifeMs);
    const mark = signature.slice(0, MARK_LENGTH);
    return this.nonces.insert({ _id: `${serviceId}:${timestamp}:${mark}`, expiresAt }, hurry);
  }
}
