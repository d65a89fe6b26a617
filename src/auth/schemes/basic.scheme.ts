import { Injectable } from '@nestjs/common';
import { safeEqual } from '@nuvem/client/node';
import type { FastifyRequest } from 'fastify';
import { ApiException } from '../../common/errors/api.exception.js';
import { isConfidential } from '../../http/is-confidential.js';
import { ServicesService } from '../../services/services.service.js';
import { refused } from './refusals.js';
import type { SignIn, SignInScheme } from './sign-in-scheme.js';

const BASIC = /^Basic +((?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}==|[a-z\d+/]{3}=)?) *$/i;

const HOW_TO = `Use https (behind a proxy that ends TLS, set TRUST_PROXY), or sign the request, which sends no key`;

/**
 * `Authorization: Basic …`, with a service's id and key. The key itself is sent, so that there is nothing to use up, and
 * nobody may read it on the way.
 */
@Injectable()
export class BasicScheme implements SignInScheme {
  constructor(private readonly services: ServicesService) {}

  async identify(request: FastifyRequest): Promise<SignIn> {
    // Before the key is looked at: whether it is right is not told to who sends it in the open.
    if (!isConfidential(request)) throw new ApiException('TLS_REQUIRED', { detail: HOW_TO });
    const [, base64 = ''] = BASIC.exec(request.headers.authorization ?? '') ?? [];
    const text = Buffer.from(base64, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) throw refused('malformed header');
    const service = await this.services.findForAuthentication(text.slice(0, colon));
    if (!service || !safeEqual(service.key, text.slice(colon + 1))) {
      throw refused('unknown service or key');
    }
    return { service };
  }
}
