import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { ServicesModule } from '../services/services.module.js';
import { RoomListService } from './list/room-list.service.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { Room, RoomSchema } from './schemas/room.schema.js';
import { RoomsController } from './rooms.controller.js';
import { ServiceRoomsController } from './service-rooms.controller.js';

@Module({
  imports: [
    ErizoControllersModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Room.name, schema: RoomSchema }]),
  ],
  controllers: [RoomsController, ServiceRoomsController],
  providers: [RoomListService, RoomsRepository, RoomsService],
  exports: [RoomsService],
})
export class RoomsModule {}
