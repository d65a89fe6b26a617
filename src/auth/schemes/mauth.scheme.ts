import { Injectable } from '@nestjs/common';
import { parseMAuth } from '@nuvem/client';
import { verifyMAuth } from '@nuvem/client/node';
import type { FastifyRequest } from 'fastify';
import { ServicesService } from '../../services/services.service.js';
import { refused } from './refusals.js';
import type { SignIn, SignInScheme } from './sign-in-scheme.js';
import { SigningWindow } from './signing-window.js';

/** Longest cnonce taken: Licode's have 5 digits. */
const MAX_CNONCE_LENGTH = 64;
/** Digits, since Nuve's comparing of strings let `9` lock a service out; a fraction is some clients' habit. */
const TIMESTAMP = /^\d{1,16}(\.\d{1,6})?$/;

/** `Authorization: MAuth …`, as Licode's clients sign. */
@Injectable()
export class MAuthScheme implements SignInScheme {
  constructor(
    private readonly services: ServicesService,
    private readonly window: SigningWindow,
  ) {}

  async identify({ headers }: FastifyRequest): Promise<SignIn> {
    const fields = parseMAuth(headers.authorization);
    if (!fields || fields.cnonce.length > MAX_CNONCE_LENGTH) throw refused('malformed header');
    const { serviceId, timestamp, signature, user } = fields;
    if (!TIMESTAMP.test(timestamp)) throw refused('malformed timestamp');
    const service = await this.services.findForAuthentication(serviceId);
    if (!service || !verifyMAuth(fields, service.key)) {
      throw refused('unknown service or signature');
    }
    this.window.check(Number(timestamp));
    return { service, user, signature: { createdAt: timestamp, value: signature } };
  }
}
