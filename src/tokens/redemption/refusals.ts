import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ApiException } from '../../common/errors/api.exception.js';
import type { ErrorCode } from '../../common/errors/error-catalog.js';
import { Outbox } from '../../outbox/outbox.service.js';
import { EventRecorder } from '../../services/event-recorder.js';
import { TokenRefusedEventDto, type RefusalReason } from '../dto/token-refused-event.dto.js';
import type { Token } from '../schemas/token.schema.js';

/** What events call a refusal. What is none of these is a fault, and tells nothing of the token. */
const REASONS: Partial<Record<ErrorCode, RefusalReason>> = {
  BANNED: 'banned',
  DUPLICATE_USER: 'duplicate',
  ROOM_ENDED: 'room_closed',
  ROOM_FULL: 'full',
  ROOM_NOT_FOUND: 'room_closed',
  ROOM_NOT_OPEN: 'not_yet_valid',
  TOKEN_EXPIRED: 'expired',
  TOKEN_NOT_YET_VALID: 'not_yet_valid',
  TOKEN_REVOKED: 'revoked',
  TOKEN_STALE: 'stale',
  TOKEN_USED: 'used',
};

/** Whoever shows one token again and again fills no log: the same refusal of it is told once in this time. */
const TOLD_ONCE_IN_MS = 10_000;
const MAX_TOLD = 10_000;

/** Tells tenants that keep a log which of their tokens were refused, and why. */
@Injectable()
export class Refusals {
  private readonly logger = new Logger(Refusals.name);
  private readonly told = new LRUCache<string, true>({ max: MAX_TOLD, ttl: TOLD_ONCE_IN_MS });

  constructor(
    private readonly recorder: EventRecorder,
    private readonly outbox: Outbox,
  ) {}

  /** Writes a refusal down before it is answered. Never rejects: the refusal stands whatever becomes of its event. */
  async record(token: Token, error: unknown): Promise<void> {
    const reason = error instanceof ApiException ? REASONS[error.code] : undefined;
    const { _id, service, room } = token;
    const key = `${_id.toHexString()} ${reason}`;
    if (!reason || this.told.has(key)) return;
    try {
      const data = TokenRefusedEventDto.because(token, reason);
      const events = await this.recorder.record('token.refused', { service, room, data });
      for (const event of events) {
        this.told.set(key, true);
        await this.outbox.add(event);
      }
    } catch (failure) {
      this.logger.warn(`A refusal is not in the event log: ${String(failure)}`);
    }
  }
}
