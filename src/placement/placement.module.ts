import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ASSIGNMENT_STRATEGY } from './assignment-strategy.js';
import { AssignmentService } from './assignment.service.js';
import { LoadTracker } from './load-tracker.js';
import { PlacementController } from './placement.controller.js';
import { PlacementService } from './placement.service.js';
import { loadStrategy } from './strategies/load-strategy.js';
import { StrategyRunner } from './strategy-runner.js';

/** Which node a room gets. */
@Module({
  imports: [ErizoControllersModule, RoomsModule],
  controllers: [PlacementController],
  providers: [
    AssignmentService,
    LoadTracker,
    PlacementService,
    StrategyRunner,
    {
      provide: ASSIGNMENT_STRATEGY,
      inject: [Environment],
      useFactory: ({ assignmentStrategy }: Environment) => loadStrategy(assignmentStrategy),
    },
  ],
  exports: [PlacementService],
})
export class PlacementModule {}
