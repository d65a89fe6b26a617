import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

/**
 * Makes the indexes before the first request: the invariants (one use of a nonce, one room a name for
 * getOrCreate, one document a node) are unique indexes, so there is no serving without them.
 */
@Injectable()
export class IndexesService implements OnApplicationBootstrap {
  private readonly logger = new Logger(IndexesService.name);

  constructor(@InjectConnection() private readonly connection: Connection) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(Object.values(this.connection.models).map((model) => model.createIndexes()));
    this.logger.debug('Indexes are in place');
  }
}
