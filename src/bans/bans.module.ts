import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ServicesModule } from '../services/services.module.js';
import { BansController } from './bans.controller.js';
import { BansRepository } from './bans.repository.js';
import { BansService } from './bans.service.js';
import { RoomBansController } from './room-bans.controller.js';
import { Ban, BanSchema } from './schemas/ban.schema.js';

@Module({
  imports: [
    DatabaseModule,
    OutboxModule,
    RoomsModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Ban.name, schema: BanSchema }]),
  ],
  controllers: [BansController, RoomBansController],
  providers: [BansRepository, BansService],
  exports: [BansService],
})
export class BansModule {}
