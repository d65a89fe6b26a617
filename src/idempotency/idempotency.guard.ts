import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { DigestedRequest } from '../http/body-digest.js';
import type { KeyedRequest } from './held-key.js';
import { IdempotencyService } from './idempotency.service.js';
import { parseKeyHeader } from './key-header.js';
import { AnsweredBefore } from './answered-before.filter.js';

/** Takes the key of a request that has one, before the request is carried out. */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(private readonly keys: IdempotencyService) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const header = request.headers['idempotency-key'];
    return header === undefined || this.take(request, String(header));
  }

  private async take(request: KeyedRequest, header: string): Promise<true> {
    const key = parseKeyHeader(header);
    // Also where the handler is called during the replay check: a header that was used before takes no key.
    await request.replayCheck.passed();
    const taken = await this.keys.take(request.service._id, key, fingerprintOf(request));
    if ('answer' in taken) throw new AnsweredBefore(taken.answer);
    request.heldKey = taken.held;
    return true;
  }
}

/** Of all that says what is to be done. */
function fingerprintOf({ method, url, headers, bodyDigest }: DigestedRequest): string {
  const head = JSON.stringify([method, url, headers['if-match']]);
  return createHash('sha256')
    .update(head)
    .update(bodyDigest ?? '')
    .digest('base64url');
}
