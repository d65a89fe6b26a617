import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { InsertBatcher } from '../database/insert-batcher.js';
import type { Nonce } from './schemas/nonce.schema.js';

/** Remembers in the database, for all copies, which headers were used. */
@Injectable()
export class ReplayGuard {
  private readonly nonces: InsertBatcher<Nonce>;

  constructor(@InjectConnection() connection: Connection) {
    this.nonces = new InsertBatcher(() => connection.db as mongo.Db, 'nonces');
  }

  /**
   * Takes a header's only use.
   *
   * @param expiresAt when its timestamp alone will refuse it
   * @returns false when it was used before, on this or another copy
   */
  use(serviceId: string, timestamp: string, cnonce: string, expiresAt: Date): Promise<boolean> {
    return this.nonces.insert({ _id: `${serviceId}:${timestamp}:${cnonce}`, expiresAt });
  }
}
