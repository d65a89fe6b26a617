import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { ServicesModule } from '../services/services.module.js';
import { RoomsController } from './rooms.controller.js';
import { RoomLists } from './room-lists.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { Room, RoomSchema } from './schemas/room.schema.js';
import { ServiceRoomsController } from './service-rooms.controller.js';
import { UsersController } from './users/users.controller.js';
import { UsersService } from './users/users.service.js';

@Module({
  imports: [
    ErizoControllersModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Room.name, schema: RoomSchema }]),
  ],
  controllers: [RoomsController, ServiceRoomsController, UsersController],
  providers: [RoomLists, RoomsRepository, RoomsService, UsersService],
  exports: [RoomsRepository, RoomsService],
})
export class RoomsModule {}
