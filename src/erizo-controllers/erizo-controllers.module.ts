import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { TerminusModule } from '@nestjs/terminus';
import { AmqpModule } from '../amqp/amqp.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { ServicesModule } from '../services/services.module.js';
import { AmqpTransport } from './calls/amqp-transport.js';
import { ControlAddresses } from './calls/http/control-addresses.js';
import { HttpTransport } from './calls/http/http-transport.js';
import { NodeClient } from './calls/node-client.js';
import { PendingRoomClosuresRepository } from './calls/pending-room-closures.repository.js';
import { PendingRoomClosuresService } from './calls/pending-room-closures.service.js';
import { ErizoControllersHealth } from './erizo-controllers.health.js';
import { ErizoControllersRepository } from './erizo-controllers.repository.js';
import { ErizoControllersService } from './erizo-controllers.service.js';
import { Ec2Metadata } from './licode/ec2-metadata.js';
import { ErizoControllerRpc } from './licode/erizo-controller-rpc.js';
import { BrokerOutages } from './liveness/broker-outages.js';
import { LivenessWatch } from './liveness/liveness-watch.js';
import { NodeEvents } from './node-events.js';
import { NodesController } from './nodes.controller.js';
import { RemovedOwners } from './removed-owners.js';
import {
  ErizoControllerDocument,
  ErizoControllerSchema,
} from './schemas/erizo-controller.schema.js';
import {
  PendingRoomClosure,
  PendingRoomClosureSchema,
} from './schemas/pending-room-closure.schema.js';

/** The registry of nodes, and the calls to and from them. */
@Module({
  imports: [
    AmqpModule,
    OutboxModule,
    ServicesModule,
    TerminusModule,
    MongooseModule.forFeature([
      { name: ErizoControllerDocument.name, schema: ErizoControllerSchema },
      { name: PendingRoomClosure.name, schema: PendingRoomClosureSchema },
    ]),
  ],
  controllers: [NodesController],
  providers: [
    AmqpTransport,
    BrokerOutages,
    ControlAddresses,
    Ec2Metadata,
    NodeClient,
    NodeEvents,
    ErizoControllerRpc,
    ErizoControllersHealth,
    ErizoControllersRepository,
    ErizoControllersService,
    HttpTransport,
    LivenessWatch,
    RemovedOwners,
    PendingRoomClosuresRepository,
    PendingRoomClosuresService,
  ],
  exports: [
    NodeClient,
    ErizoControllersHealth,
    ErizoControllersService,
    PendingRoomClosuresService,
  ],
})
export class ErizoControllersModule {}
