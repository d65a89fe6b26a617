import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { TerminusModule } from '@nestjs/terminus';
import { databaseNameOf } from '../config/database-name.js';
import { Environment } from '../config/environment.js';
import { DatabaseClock } from './database-clock.js';
import { DatabaseHealth } from './database.health.js';
import { IndexesService } from './indexes.service.js';

/** A database that is silent for longer in the midst of a query is answered for with 503, in milliseconds. */
const SOCKET_TIMEOUT_MS = 5_000;

@Module({
  imports: [
    TerminusModule,
    MongooseModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ mongodbUri }: Environment) => {
        if (!mongodbUri)
          throw new Error('The database address is set before the application starts');
        return {
          uri: mongodbUri,
          dbName: databaseNameOf(mongodbUri),
          // A database that is late is waited for, with a log line for every try.
          retryAttempts: Number.MAX_SAFE_INTEGER,
          retryDelay: 1_000,
          verboseRetryLog: true,
          // A request must fail as 503 while the database is away, not queue in memory.
          bufferCommands: false,
          autoIndex: false,
          serverSelectionTimeoutMS: 2_000,
          connectTimeoutMS: 2_000,
          socketTimeoutMS: SOCKET_TIMEOUT_MS,
          maxPoolSize: 50,
          writeConcern: { w: 'majority' as const },
        };
      },
    }),
  ],
  providers: [DatabaseClock, DatabaseHealth, IndexesService],
  exports: [DatabaseClock, DatabaseHealth],
})
export class DatabaseModule {}
