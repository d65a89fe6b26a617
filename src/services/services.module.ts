import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { TerminusModule } from '@nestjs/terminus';
import { OutboxModule } from '../outbox/outbox.module.js';
import { EventRecorder } from './event-recorder.js';
import { KeySealer } from './key-sealer.js';
import { Installation, InstallationSchema } from './schemas/installation.schema.js';
import { Service, ServiceSchema } from './schemas/service.schema.js';
import { SealingCheck } from './sealing-check.js';
import { ServiceRemoval, ServiceRemovalSchema } from './schemas/service-removal.schema.js';
import { ServiceRemovals } from './service-removals.js';
import { ServicesRepository } from './services.repository.js';
import { ServicesController } from './services.controller.js';
import { ServicesService } from './services.service.js';
import { SuperserviceHealth } from './superservice.health.js';
import { TenantsHealth } from './tenants.health.js';
import { UnimportedServices } from './unimported-services.js';

@Module({
  imports: [
    OutboxModule,
    TerminusModule,
    MongooseModule.forFeature([
      { name: Installation.name, schema: InstallationSchema },
      { name: Service.name, schema: ServiceSchema },
      { name: ServiceRemoval.name, schema: ServiceRemovalSchema },
    ]),
  ],
  controllers: [ServicesController],
  providers: [
    EventRecorder,
    KeySealer,
    SealingCheck,
    ServiceRemovals,
    ServicesRepository,
    ServicesService,
    SuperserviceHealth,
    TenantsHealth,
    UnimportedServices,
  ],
  exports: [
    EventRecorder,
    KeySealer,
    ServiceRemovals,
    ServicesService,
    SuperserviceHealth,
    TenantsHealth,
  ],
})
export class ServicesModule {}
