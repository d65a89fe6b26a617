import { Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { RoomsModule } from '../rooms/rooms.module.js';
import { ServicesModule } from '../services/services.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';
import { NuveRoomsController } from './rooms.controller.js';
import { NuveServicesController } from './services.controller.js';
import { NuveTokensController } from './tokens.controller.js';
import { NuveUsersController } from './users.controller.js';

/** The routes of Licode's Nuve, as its clients know them: they translate to and from the services, and do nothing else. */
@Module({
  imports: [RoomsModule, ServicesModule, TokensModule],
  controllers: [
    NuveRoomsController,
    NuveUsersController,
    NuveServicesController,
    NuveTokensController,
  ],
  providers: [{ provide: APP_PIPE, useClass: PhpEmptyListsPipe }],
})
export class NuveModule {}
