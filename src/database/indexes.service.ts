import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { mongo, type Connection, type Model } from 'mongoose';
import { setTimeout } from 'node:timers/promises';

type Index = Parameters<Model<unknown>['collection']['createIndexes']>[0][number];

const RETRY_MS = 1_000;

/** Indexes that earlier versions made, by which the database would still remove what lives when a clock jumps. */
const RETIRED: Readonly<Record<string, readonly string[]>> = {
  erizoControllers: ['lastSeen_1'],
  roomEnds: ['createdAt_1'],
};

/** No such collection, no such index. */
const GONE: ReadonlySet<unknown> = new Set([26, 27]);

/**
 * Makes the indexes before the first request: the invariants (one use of a nonce, one room a name for
 * getOrCreate, one document a node) are unique indexes, so there is no serving without them.
 */
@Injectable()
export class IndexesService implements OnModuleInit {
  private readonly logger = new Logger(IndexesService.name);

  constructor(@InjectConnection() private readonly connection: Connection) {}

  async onModuleInit(): Promise<void> {
    const models = Object.values(this.connection.models);
    await Promise.all(models.map((model) => this.createIndexes(model)));
    this.logger.debug('Indexes are in place');
  }

  /** On a large collection that had none, the driver's patience may end before the build does. */
  private async createIndexes(model: Model<unknown>): Promise<void> {
    for (;;) {
      try {
        await this.dropRetired(model);
        const indexes = model.schema.indexes().map(([key, options]) => ({ key, ...options }));
        // One command, and one flush to disk, for all of a collection's.
        if (indexes.length > 0) await model.collection.createIndexes(indexes as Index[]);
        return;
      } catch (error) {
        if (!(error instanceof mongo.MongoNetworkError)) throw error;
        this.logger.warn(`Indexes of ${model.collection.name}: ${error.message}; trying again`);
        await setTimeout(RETRY_MS);
      }
    }
  }

  private async dropRetired({ collection }: Model<unknown>): Promise<void> {
    for (const name of RETIRED[collection.name] ?? []) {
      try {
        await collection.dropIndex(name);
      } catch (error) {
        const isGone = error instanceof mongo.MongoServerError && GONE.has(error.code);
        if (!isGone) throw error;
      }
    }
  }
}
