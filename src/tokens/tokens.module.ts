import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AmqpModule } from '../amqp/amqp.module.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { AdmissionsService } from './admissions.service.js';
import { Arrivals } from './arrivals.js';
import { RedemptionService } from './redemption.service.js';
import { Token, TokenSchema } from './schemas/token.schema.js';
import { SeatsService } from './seats.service.js';
import { ServicesModule } from '../services/services.module.js';
import { RedemptionsController } from './redemptions.controller.js';
import { TokensController } from './tokens.controller.js';
import { TokensRepository } from './tokens.repository.js';
import { TokensRpc } from './tokens.rpc.js';
import { TokensService } from './tokens.service.js';

@Module({
  imports: [
    AmqpModule,
    ErizoControllersModule,
    PlacementModule,
    RoomsModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Token.name, schema: TokenSchema }]),
  ],
  controllers: [TokensController, RedemptionsController],
  providers: [
    AdmissionsService,
    Arrivals,
    RedemptionService,
    SeatsService,
    TokensRepository,
    TokensRpc,
    TokensService,
  ],
  exports: [AdmissionsService, TokensService],
})
export class TokensModule {}
