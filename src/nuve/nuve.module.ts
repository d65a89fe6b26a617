import { Module } from '@nestjs/common';
import { ParticipantsModule } from '../participants/participants.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ServicesModule } from '../services/services.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { RoomLists } from './room-lists.js';
import { NuveRoomsController } from './rooms.controller.js';
import { NuveServicesController } from './services.controller.js';
import { NuveTokensController } from './tokens.controller.js';
import { NuveUsersController } from './users.controller.js';

/**
 * Licode's Nuve, as its clients know it: routes and requests that translate to and from the services, and do nothing else.
 *
 * What is odd about Nuve stands here alone: answers in text (the controllers), errors
 * (`nuve-errors.ts`), values as forms send them (`dto/form-values.ts`), PHP's empty lists, a token's user in the signed header
 * (`signed-user.decorator.ts`), and, used by app.setup.ts for the whole server, `bodies.ts`, `nuve-errors.ts`, `routing.ts`.
 */
@Module({
  imports: [ParticipantsModule, RoomsModule, ServicesModule, TokensModule],
  controllers: [
    NuveRoomsController,
    NuveUsersController,
    NuveServicesController,
    NuveTokensController,
  ],
  providers: [RoomLists],
})
export class NuveModule {}
