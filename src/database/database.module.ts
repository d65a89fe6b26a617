import { Logger, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { TerminusModule } from '@nestjs/terminus';
import { databaseNameOf } from '../config/database-name.js';
import { Environment } from '../config/environment.js';
import { DatabaseClock } from './database-clock.js';
import { DatabaseHealth } from './database.health.js';
import { untilReachable } from './first-connection.js';
import { IndexesService } from './indexes.service.js';
import { Leader } from './leader/leader.service.js';
import { Lease, LeaseSchema } from './leader/lease.schema.js';

/** A database that is silent for longer in the midst of a query is answered for with 503, in milliseconds. */
const SOCKET_TIMEOUT_MS = 5_000;

@Module({
  imports: [
    TerminusModule,
    MongooseModule.forFeature([{ name: Lease.name, schema: LeaseSchema }]),
    MongooseModule.forRootAsync({
      inject: [Environment],
      useFactory: async ({ mongodbUri }: Environment) => {
        if (!mongodbUri)
          throw new Error('The database address is set before the application starts');
        const timeouts = {
          serverSelectionTimeoutMS: 2_000,
          connectTimeoutMS: 2_000,
          socketTimeoutMS: SOCKET_TIMEOUT_MS,
        };
        await untilReachable(mongodbUri, timeouts, new Logger('Database'));
        return {
          ...timeouts,
          uri: mongodbUri,
          dbName: databaseNameOf(mongodbUri),
          // It has just been reached: what fails yet comes right.
          retryAttempts: Number.MAX_SAFE_INTEGER,
          retryDelay: 1_000,
          verboseRetryLog: true,
          // A request must fail as 503 while the database is away, not queue in memory.
          bufferCommands: false,
          autoIndex: false,
          maxPoolSize: 50,
          writeConcern: { w: 'majority' as const },
        };
      },
    }),
  ],
  providers: [DatabaseClock, DatabaseHealth, IndexesService, Leader],
  exports: [DatabaseClock, DatabaseHealth, Leader],
})
export class DatabaseModule {}
