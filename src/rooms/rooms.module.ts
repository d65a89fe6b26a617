import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { ServicesModule } from '../services/services.module.js';
import { RoomDeletionsRepository } from './deletion/room-deletions.repository.js';
import { RoomDeletions } from './deletion/room-deletions.service.js';
import { LifetimeWorker } from './lifetime/lifetime-worker.js';
import { LifetimesRepository } from './lifetime/lifetimes.repository.js';
import { LifetimesService } from './lifetime/lifetimes.service.js';
import { NodeLooks } from './lifetime/node-looks.js';
import { RoomLifeController } from './lifetime/room-life.controller.js';
import { RoomListService } from './list/room-list.service.js';
import { RoomEvents } from './room-events.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomChanges } from './room-changes.service.js';
import { RoomsService } from './rooms.service.js';
import { Room, RoomSchema } from './schemas/room.schema.js';
import { RoomsController } from './rooms.controller.js';

@Module({
  imports: [
    DatabaseModule,
    ErizoControllersModule,
    OutboxModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Room.name, schema: RoomSchema }]),
  ],
  controllers: [RoomsController, RoomLifeController],
  providers: [
    LifetimeWorker,
    LifetimesRepository,
    LifetimesService,
    NodeLooks,
    RoomChanges,
    RoomDeletions,
    RoomDeletionsRepository,
    RoomEvents,
    RoomListService,
    RoomsRepository,
    RoomsService,
  ],
  exports: [RoomsService, RoomChanges],
})
export class RoomsModule {}
