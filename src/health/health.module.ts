import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AmqpModule } from '../amqp/amqp.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { ServicesModule } from '../services/services.module.js';
import { HealthController } from './health.controller.js';

/** The probes; each feature says itself how it is. */
@Module({
  imports: [
    AmqpModule,
    DatabaseModule,
    ErizoControllersModule,
    ServicesModule,
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [HealthController],
})
export class HealthModule {}
