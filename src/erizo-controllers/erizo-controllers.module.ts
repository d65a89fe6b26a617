import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Environment } from '../config/environment.js';
import { ServicesModule } from '../services/services.module.js';
import { AssignmentService } from '../placement/assignment.service.js';
import { ASSIGNMENT_STRATEGY } from '../placement/assignment-strategy.js';
import { loadStrategy } from '../placement/strategies/load-strategy.js';
import { LoadTracker } from '../placement/load-tracker.js';
import { StrategyRunner } from '../placement/strategy-runner.js';
import { ErizoControllersController } from './erizo-controllers.controller.js';
import { ErizoControllersRepository } from './erizo-controllers.repository.js';
import { ErizoControllersService } from './erizo-controllers.service.js';
import { LivenessWatch } from './liveness/liveness-watch.js';
import { RemovedOwners } from './removed-owners.js';
import { RoomEndsRepository } from './calls/room-ends.repository.js';
import { RoomEndsService } from './calls/room-ends.service.js';
import { AmqpModule } from '../amqp/amqp.module.js';
import { ControlAddresses } from './calls/http/control-addresses.js';
import { ErizoControllerClient } from './calls/erizo-controller-client.js';
import { HttpTransport } from './calls/http/http-transport.js';
import {
  ErizoControllerDocument,
  ErizoControllerSchema,
} from './schemas/erizo-controller.schema.js';
import { RoomEnd, RoomEndSchema } from './schemas/room-end.schema.js';

@Module({
  imports: [
    AmqpModule,
    ServicesModule,
    MongooseModule.forFeature([
      { name: ErizoControllerDocument.name, schema: ErizoControllerSchema },
      { name: RoomEnd.name, schema: RoomEndSchema },
    ]),
  ],
  controllers: [ErizoControllersController],
  providers: [
    AssignmentService,
    ControlAddresses,
    ErizoControllerClient,
    ErizoControllersRepository,
    ErizoControllersService,
    HttpTransport,
    LivenessWatch,
    LoadTracker,
    RemovedOwners,
    RoomEndsRepository,
    RoomEndsService,
    StrategyRunner,
    {
      provide: ASSIGNMENT_STRATEGY,
      inject: [Environment],
      useFactory: ({ assignmentStrategy }: Environment) => loadStrategy(assignmentStrategy),
    },
  ],
  exports: [AssignmentService, ErizoControllerClient, ErizoControllersService, RoomEndsService],
})
export class ErizoControllersModule {}
