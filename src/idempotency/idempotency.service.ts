import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Types } from 'mongoose';
import { createHash } from 'node:crypto';
import { ApiException } from '../common/errors/api.exception.js';
import { Environment } from '../config/environment.js';
import { DatabaseClock } from '../database/database-clock.js';
import { KeySealer } from '../services/key-sealer.js';
import { ServiceRemovals } from '../services/service-removals.js';
import type { HeldKey } from './held-key.js';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import type { IdempotencyKey } from './schemas/idempotency-key.schema.js';
import type { StoredAnswer } from './stored-answer.js';

const LIFE_MS = 24 * 3_600_000;

/** What a request takes at most, besides the wait for a node. */
const REQUEST_MS = 30_000;

/** One key, one request carried out, one answer, on all instances. */
@Injectable()
export class IdempotencyService implements OnModuleInit {
  private readonly leaseMs: number;

  constructor(
    private readonly repository: IdempotencyKeysRepository,
    private readonly sealer: KeySealer,
    private readonly removals: ServiceRemovals,
    private readonly clock: DatabaseClock,
    { controllerWaitSeconds }: Environment,
  ) {
    this.leaseMs = controllerWaitSeconds * 1000 + REQUEST_MS;
  }

  onModuleInit(): void {
    this.removals.onRemoved((service) => this.repository.removeAll(service));
  }

  /**
   * Takes a service's key for a request.
   *
   * @param fingerprint tells the request from others
   * @returns the answer, if the request was carried out before
   * @throws IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED
   */
  async take(
    service: Types.ObjectId,
    key: string,
    fingerprint: string,
  ): Promise<{ held: HeldKey } | { answer: StoredAnswer }> {
    const taken = this.newRecord(idOf(service, key), fingerprint);
    for (;;) {
      if (await this.insert(taken)) return { held: this.hold(taken, taken.resource) };
      const found = await this.repository.findOne(taken._id);
      // It has expired between the two.
      if (!found) continue;
      if (found.fingerprint !== fingerprint) throw new ApiException('IDEMPOTENCY_KEY_REUSED');
      if (found.answer !== undefined) return { answer: this.open(found.answer) };
      if (found.lockedUntil.getTime() > this.clock.now()) {
        throw new ApiException('IDEMPOTENCY_KEY_IN_USE', { retryAfterSeconds: 1 });
      }
      if (await this.repository.takeOver(found, taken)) {
        return { held: this.hold(taken, found.resource) };
      }
    }
  }

  /** What fails by its time may be done later all the same: then nobody holds the key. */
  private async insert(key: IdempotencyKey): Promise<boolean> {
    try {
      return await this.repository.insert(key);
    } catch (error) {
      this.repository.release(key).catch(() => undefined);
      throw error;
    }
  }

  private newRecord(_id: string, fingerprint: string): IdempotencyKey {
    const now = this.clock.now();
    return {
      _id,
      fingerprint,
      resource: new Types.ObjectId(),
      holder: new Types.ObjectId(),
      lockedUntil: new Date(now + this.leaseMs),
      expiresAt: new Date(now + LIFE_MS),
    };
  }

  private hold(key: IdempotencyKey, resource: Types.ObjectId): HeldKey {
    return {
      resource,
      settle: (answer) =>
        answer
          ? this.repository.answer(key, this.sealer.seal(JSON.stringify(answer)))
          : this.repository.release(key),
    };
  }

  private open(sealed: string): StoredAnswer {
    return JSON.parse(this.sealer.open(sealed)) as StoredAnswer;
  }
}

/** Keys of one service are next to each other, and all of one length. */
function idOf(service: Types.ObjectId, key: string): string {
  return `${service.toHexString()}:${createHash('sha256').update(key).digest('base64url')}`;
}
