import { Injectable } from '@nestjs/common';
import { parseMAuth, type MAuthFields } from '@nuvem/client';
import { verifyMAuth } from '@nuvem/client/node';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { Environment } from '../config/environment.js';
import type { Hurry } from '../database/coalescer.js';
import { ServicesService, type SigningService } from '../services/services.service.js';
import { NoncesRepository } from './nonces.repository.js';

/** Longest cnonce taken: Licode's have 5 digits. */
const MAX_CNONCE_LENGTH = 64;
/** Digits, since Nuve's comparing of strings let `9` lock a service out; a fraction is some clients' habit. */
const TIMESTAMP = /^\d{1,16}(\.\d{1,6})?$/;

/** Who signed a header, and which header it is. */
export interface Identity {
  service: SigningService;
  fields: MAuthFields;
}

/** Decides who signed a request. */
@Injectable()
export class Authenticator {
  private readonly windowMs: number;

  constructor(
    private readonly services: ServicesService,
    private readonly nonces: NoncesRepository,
    private readonly clock: Clock,
    { mauthWindowSeconds }: Environment,
  ) {
    this.windowMs = mauthWindowSeconds * 1000;
  }

  /**
   * Checks a header, without using it up.
   *
   * @throws UNAUTHENTICATED, the same for every reason; what the driver throws when the database is away
   */
  async identify(header: string | undefined): Promise<Identity> {
    const fields = parseMAuth(header);
    if (!fields || fields.cnonce.length > MAX_CNONCE_LENGTH) throw refused('malformed header');
    const { serviceId, timestamp } = fields;
    const time = TIMESTAMP.test(timestamp) ? Number(timestamp) : NaN;
    if (!(Math.abs(this.clock.now() - time) <= this.windowMs)) throw refused('timestamp');
    const service = await this.services.findForAuthentication(serviceId);
    if (!service || !verifyMAuth(fields, service.key))
      throw refused('unknown service or signature');
    return { service, fields };
  }

  /**
   * Takes a header's only use.
   *
   * @param hurry whether that may wait a moment for the headers of others
   * @throws UNAUTHENTICATED when it was used before; what the driver throws when the database is away
   */
  async useUp(
    { service, fields: { timestamp, signature } }: Identity,
    hurry?: Hurry,
  ): Promise<void> {
    // The id as it is stored: a header whose id is written in capitals is the same header.
    const id = service._id.toHexString();
    const first = await this.nonces.use(id, timestamp, signature, hurry);
    if (!first) throw refused('replay');
  }
}

/** The reason is for the log: telling it would help whoever tries keys. */
function refused(reason: string): ApiException {
  return new ApiException('UNAUTHENTICATED', { cause: reason });
}
