import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { ServicesModule } from '../services/services.module.js';
import { Authenticator } from './authenticator.js';
import { FailedAuthLimiter } from './failed-auth-limiter.js';
import { MAuthGuard } from './mauth.guard.js';
import { NoncesRepository } from './nonces.repository.js';
import { Nonce, NonceSchema } from './schemas/nonce.schema.js';

@Module({
  imports: [
    DatabaseModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Nonce.name, schema: NonceSchema }]),
  ],
  providers: [
    Authenticator,
    FailedAuthLimiter,
    NoncesRepository,
    { provide: APP_GUARD, useClass: MAuthGuard },
  ],
})
export class AuthModule {}
