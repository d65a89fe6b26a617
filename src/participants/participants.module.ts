import { Module } from '@nestjs/common';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ServicesModule } from '../services/services.module.js';
import { ParticipantsController } from './participants.controller.js';
import { ParticipantsService } from './participants.service.js';
import { ServiceParticipantsController } from './service-participants.controller.js';

/** Who is in rooms, and was. */
@Module({
  imports: [ErizoControllersModule, RoomsModule, ServicesModule],
  controllers: [ParticipantsController, ServiceParticipantsController],
  providers: [ParticipantsService],
  exports: [ParticipantsService],
})
export class ParticipantsModule {}
