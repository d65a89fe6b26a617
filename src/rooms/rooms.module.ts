import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { ServicesModule } from '../services/services.module.js';
import { RoomLists } from './room-lists.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { Room, RoomSchema } from './schemas/room.schema.js';
import { ServiceRoomsController } from './service-rooms.controller.js';
import { ParticipantsService } from './participants/participants.service.js';

@Module({
  imports: [
    ErizoControllersModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Room.name, schema: RoomSchema }]),
  ],
  controllers: [ServiceRoomsController],
  providers: [ParticipantsService, RoomLists, RoomsRepository, RoomsService],
  exports: [ParticipantsService, RoomLists, RoomsService],
})
export class RoomsModule {}
