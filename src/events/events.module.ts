import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { ServicesModule } from '../services/services.module.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { EventLog } from './log/event-log.js';
import { EventsRepository } from './log/events.repository.js';
import { LogTail } from './log/log-tail.js';
import { LogPruning } from './relay/log-pruning.js';
import { LogWriter } from './relay/log-writer.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { EventStream, EventStreamSchema } from './schemas/event-stream.schema.js';
import { Event, EventSchema } from './schemas/event.schema.js';

@Module({
  imports: [
    DatabaseModule,
    OutboxModule,
    ServicesModule,
    MongooseModule.forFeature([
      { name: Event.name, schema: EventSchema },
      { name: EventStream.name, schema: EventStreamSchema },
    ]),
  ],
  controllers: [EventsController],
  providers: [
    EventLog,
    EventsRepository,
    EventsService,
    LogPruning,
    LogTail,
    LogWriter,
    OutboxRelay,
  ],
  exports: [EventLog],
})
export class EventsModule {}
