import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { KeySealer } from '../services/key-sealer.js';
import type { PreviousSecret } from './schemas/webhook.schema.js';
import { SECRET_PREFIX } from './sending/signatures.js';

const SECRET_BYTES = 32;

/** The secrets of webhooks. They are needed to sign, so that they are sealed and not hashed. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly sealer: KeySealer) {}

  /** A new secret, sealed. */
  make(): string {
    return this.sealer.seal(`${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`);
  }

  open(sealed: string): string {
    return this.sealer.open(sealed);
  }

  /** Those to sign with at a time, the newest first. */
  current(
    webhook: { sealedSecret: string; previousSecrets?: readonly PreviousSecret[] },
    now: number,
  ): string[] {
    const previous = webhook.previousSecrets?.filter(({ until }) => until.getTime() > now) ?? [];
    return [webhook.sealedSecret, ...previous.map(({ sealed }) => sealed)].map((sealed) =>
      this.open(sealed),
    );
  }
}
