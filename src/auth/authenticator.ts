import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiException } from '../common/errors/api.exception.js';
import { isV1 } from '../common/v1/is-v1.js';
import type { Hurry } from '../database/coalescer.js';
import { NoncesRepository } from './nonces.repository.js';
import { BasicScheme } from './schemes/basic.scheme.js';
import { HttpSignatureScheme } from './schemes/http-signature/http-signature.scheme.js';
import { MAuthScheme } from './schemes/mauth.scheme.js';
import type { SignIn, Signature, SignInScheme } from './schemes/sign-in-scheme.js';

/** Decides who sent a request. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly basic: BasicScheme,
    private readonly httpSignature: HttpSignatureScheme,
    private readonly mauth: MAuthScheme,
    private readonly nonces: NoncesRepository,
  ) {}

  /**
   * Checks a request, without using its signature up.
   *
   * @throws UNAUTHENTICATED for an unknown service and a wrong key alike; CLOCK_SKEWED, CONTENT_DIGEST_MISMATCH,
   *   SIGNATURE_MALFORMED, TLS_REQUIRED; what the driver throws when the database is away
   */
  identify(request: FastifyRequest): Promise<SignIn> {
    return this.schemeOf(request).identify(request);
  }

  /**
   * Takes a signature's only use.
   *
   * @param hurry whether that may wait a moment for the signatures of others
   * @throws REQUEST_REPLAYED when it was used before; what the driver throws when the database is away
   */
  async useUp({ service }: SignIn, { createdAt, value }: Signature, hurry?: Hurry): Promise<void> {
    // The id as it is stored: a request whose id is written in capitals is the same request.
    const id = service._id.toHexString();
    const first = await this.nonces.use(id, createdAt, value, hurry);
    if (!first) throw new ApiException('REQUEST_REPLAYED', { cause: 'replay' });
  }

  /** Nuve's routes know MAuth alone. */
  private schemeOf(request: FastifyRequest): SignInScheme {
    if (!isV1(request)) return this.mauth;
    const { authorization = '', 'signature-input': signatureInput } = request.headers;
    if (/^basic(?: |$)/i.test(authorization)) return this.basic;
    return signatureInput === undefined ? this.mauth : this.httpSignature;
  }
}
