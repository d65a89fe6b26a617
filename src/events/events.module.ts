import { Module } from '@nestjs/common';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({
  imports: [ErizoControllersModule],
  controllers: [EventsController],
  providers: [EventsService],
})
export class EventsModule {}
