import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import type { Hurry } from '../database/coalescer.js';
import { InsertBatcher } from '../database/insert-batcher.js';
import type { Nonce } from './schemas/nonce.schema.js';

/**
 * How much of a signature tells headers apart: 96 bits. The nonce alone would not do: Licode's clients draw it
 * from 99,999 numbers, and two users' requests of one millisecond may well have the same.
 */
const MARK_LENGTH = 32;

/** Remembers in the database, for all copies, which headers were used. */
@Injectable()
export class ReplayGuard {
  private readonly nonces: InsertBatcher<Nonce>;

  constructor(@InjectConnection() connection: Connection) {
    const database = (): mongo.Db => connection.db as mongo.Db;
    this.nonces = new InsertBatcher(database, 'nonces');
  }

  /**
   * Takes a header's only use.
   *
   * @param expiresAt when its timestamp alone will refuse it
   * @returns false when it was used before, on this or another copy
   */
  use(
    serviceId: string,
    timestamp: string,
    signature: string,
    expiresAt: Date,
    hurry?: Hurry,
  ): Promise<boolean> {
    const mark = signature.slice(0, MARK_LENGTH);
    return this.nonces.insert({ _id: `${serviceId}:${timestamp}:${mark}`, expiresAt }, hurry);
  }
}
