import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AmqpModule } from '../amqp/amqp.module.js';
import { BansModule } from '../bans/bans.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { ErizoControllersModule } from '../erizo-controllers/erizo-controllers.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { AdmissionsService } from './admissions.service.js';
import { ServicesModule } from '../services/services.module.js';
import { TokenListService } from './list/token-list.service.js';
import { Arrivals } from './redemption/arrivals.js';
import { RedemptionService } from './redemption/redemption.service.js';
import { RedemptionsController } from './redemption/redemptions.controller.js';
import { Refusals } from './redemption/refusals.js';
import { SeatsService } from './redemption/seats.service.js';
import { TokenTaker } from './redemption/token-taker.js';
import { TokensRpc } from './redemption/tokens.rpc.js';
import { RevocationService } from './revocation/revocation.service.js';
import { RevocationsController } from './revocation/revocations.controller.js';
import { Token, TokenSchema } from './schemas/token.schema.js';
import { TokensController } from './tokens.controller.js';
import { TokensRepository } from './tokens.repository.js';
import { TokensService } from './tokens.service.js';

@Module({
  imports: [
    AmqpModule,
    BansModule,
    DatabaseModule,
    ErizoControllersModule,
    OutboxModule,
    PlacementModule,
    RoomsModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Token.name, schema: TokenSchema }]),
  ],
  controllers: [TokensController, RevocationsController, RedemptionsController],
  providers: [
    AdmissionsService,
    Arrivals,
    RedemptionService,
    Refusals,
    RevocationService,
    SeatsService,
    TokenListService,
    TokensRepository,
    TokensRpc,
    TokensService,
    TokenTaker,
  ],
  exports: [AdmissionsService, TokensService],
})
export class TokensModule {}
