import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AmqpModule } from '../amqp/amqp.module.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { HealthController } from './health.controller.js';
import { UnimportedServices } from './unimported-services.js';

@Module({
  imports: [AmqpModule, ErizoControllersModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [UnimportedServices],
})
export class HealthModule {}
