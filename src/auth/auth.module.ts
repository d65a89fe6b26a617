import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabaseModule } from '../database/database.module.js';
import { ServicesModule } from '../services/services.module.js';
import { Acting } from './acting.js';
import { Authenticator } from './authenticator.js';
import { FailedAuthLimiter } from './failed-auth-limiter.js';
import { NoncesRepository } from './nonces.repository.js';
import { Nonce, NonceSchema } from './schemas/nonce.schema.js';
import { BasicScheme } from './schemes/basic.scheme.js';
import { HttpSignatureScheme } from './schemes/http-signature/http-signature.scheme.js';
import { MAuthScheme } from './schemes/mauth.scheme.js';
import { SigningWindow } from './schemes/signing-window.js';
import { SignInGuard } from './sign-in.guard.js';

@Module({
  imports: [
    DatabaseModule,
    ServicesModule,
    MongooseModule.forFeature([{ name: Nonce.name, schema: NonceSchema }]),
  ],
  providers: [
    Acting,
    Authenticator,
    BasicScheme,
    FailedAuthLimiter,
    HttpSignatureScheme,
    MAuthScheme,
    NoncesRepository,
    SigningWindow,
    { provide: APP_GUARD, useClass: SignInGuard },
  ],
})
export class AuthModule {}
