import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AmqpModule } from '../amqp/amqp.module.js';
import { BansModule } from '../bans/bans.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ServicesModule } from '../services/services.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { ParticipantsController } from './participants.controller.js';
import { ParticipantsService } from './participants.service.js';
import { BannedPeople } from './removals/banned-people.js';
import { RemovalsRepository } from './removals/removals.repository.js';
import { RemovalsService } from './removals/removals.service.js';
import {
  ParticipantRemoval,
  ParticipantRemovalSchema,
} from './removals/schemas/participant-removal.schema.js';
import { LicodeEvents } from './reports/licode-events.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsService } from './reports/reports.service.js';
import { Session, SessionSchema } from './sessions/schemas/session.schema.js';
import { SessionListService } from './sessions/session-list.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageService } from './usage/usage.service.js';
import { LostNodes } from './watch/lost-nodes.js';
import { NewAdmissions } from './watch/new-admissions.js';
import { OccupancyWatch } from './watch/occupancy-watch.js';
import { RoomLook } from './watch/room-look.js';

/** Who is in rooms, and was. */
@Module({
  imports: [
    AmqpModule,
    BansModule,
    DatabaseModule,
    ErizoControllersModule,
    OutboxModule,
    RoomsModule,
    ServicesModule,
    TokensModule,
    MongooseModule.forFeature([
      { name: ParticipantRemoval.name, schema: ParticipantRemovalSchema },
      { name: Session.name, schema: SessionSchema },
    ]),
  ],
  controllers: [ParticipantsController, ReportsController, SessionsController, UsageController],
  providers: [
    BannedPeople,
    LicodeEvents,
    LostNodes,
    NewAdmissions,
    OccupancyWatch,
    ParticipantsService,
    RemovalsRepository,
    RemovalsService,
    ReportsService,
    RoomLook,
    SessionListService,
    SessionsRepository,
    SessionsService,
    UsageService,
  ],
  exports: [ParticipantsService],
})
export class ParticipantsModule {}
