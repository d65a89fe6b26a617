import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { ServicesModule } from '../services/services.module.js';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { IdempotencyKey, IdempotencyKeySchema } from './schemas/idempotency-key.schema.js';

/** Global: routes of all features are `@Idempotent()`, also those of services, which it imports itself. */
@Global()
@Module({
  imports: [
    DatabaseModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: IdempotencyKey.name, schema: IdempotencyKeySchema }]),
  ],
  providers: [IdempotencyKeysRepository, IdempotencyService],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
