import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiException } from '../common/errors/api.exception.js';
import { isV1 } from '../common/v1/is-v1.js';
import { ServicesService } from '../services/services.service.js';
import {
  withoutKey,
  type CallingService,
  type SigningService,
} from '../services/signing-service.js';

/** The header by which the superservice names the service in whose name it asks. */
export const ACTING_FOR = 'nuvem-service';

/** Lets operators do what a service may do, without its key. */
@Injectable()
export class Acting {
  constructor(private readonly services: ServicesService) {}

  /**
   * In whose name a request is carried out: that of who signed it, or of the service that the superservice names.
   *
   * @throws FORBIDDEN for a name that another gives; SERVICE_NOT_FOUND
   */
  async serviceOf(request: FastifyRequest, signer: SigningService): Promise<CallingService> {
    const named = isV1(request) ? request.headers[ACTING_FOR] : undefined;
    if (named === undefined) return withoutKey(signer);
    if (signer.role !== 'superservice') {
      const detail = `Only the superservice may ask in another's name, by ${ACTING_FOR}`;
      throw new ApiException('FORBIDDEN', { detail });
    }
    return this.services.findCaller(String(named));
  }
}
