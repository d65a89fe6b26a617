import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { Outbox } from './outbox.service.js';
import { LooseEvent, LooseEventSchema } from './schemas/loose-event.schema.js';

@Module({
  imports: [
    DatabaseModule,
    MongooseModule.forFeature([{ name: LooseEvent.name, schema: LooseEventSchema }]),
  ],
  providers: [Outbox],
  exports: [Outbox],
})
export class OutboxModule {}
