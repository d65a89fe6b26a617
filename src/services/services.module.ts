import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { KeySealer } from './key-sealer.js';
import { Installation, InstallationSchema } from './schemas/installation.schema.js';
import { Service, ServiceSchema } from './schemas/service.schema.js';
import { SealingCheck } from './sealing-check.js';
import { ServiceRemoval, ServiceRemovalSchema } from './schemas/service-removal.schema.js';
import { ServiceRemovals } from './service-removals.js';
import { ServicesController } from './services.controller.js';
import { ServicesRepository } from './services.repository.js';
import { ServicesService } from './services.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Installation.name, schema: InstallationSchema },
      { name: Service.name, schema: ServiceSchema },
      { name: ServiceRemoval.name, schema: ServiceRemovalSchema },
    ]),
  ],
  controllers: [ServicesController],
  providers: [KeySealer, SealingCheck, ServiceRemovals, ServicesRepository, ServicesService],
  exports: [KeySealer, ServiceRemovals, ServicesService],
})
export class ServicesModule {}
