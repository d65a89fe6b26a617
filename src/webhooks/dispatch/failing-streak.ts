import type { Types } from 'mongoose';
import type { DatabaseClock } from '../../database/database-clock.js';
import type { Webhook } from '../schemas/webhook.schema.js';
import type { TargetsRepository } from './targets.repository.js';

/** After so long without a success a webhook is switched off. */
const MAX_MS = 5 * 24 * 3_600_000;
/** A webhook that fails now and then is not written down as one that fails. */
const SAVED_AFTER_MS = 60_000;

/** Since when a webhook has done nothing but fail. */
export class FailingStreak {
  private since?: number;
  private saved?: number;
  private changes?: number;

  constructor(
    private readonly webhook: Types.ObjectId,
    private readonly targets: TargetsRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** What is written down goes before what is known where the webhook was changed meanwhile. */
  take({ failingSince, changes }: Webhook): void {
    this.saved = failingSince?.getTime();
    if (changes === this.changes) return;
    this.changes = changes;
    this.since = this.saved;
  }

  succeeded(): void {
    this.since = undefined;
  }

  /** @returns whether it has lasted for too long */
  failed(): boolean {
    const now = this.clock.now();
    this.since ??= now;
    return now - this.since >= MAX_MS;
  }

  /** Writes it down, if that is due. */
  async save(): Promise<void> {
    const { since, saved } = this;
    if (since === saved) return;
    if (since !== undefined && this.clock.now() - since < SAVED_AFTER_MS) return;
    this.saved = since;
    await this.targets.saveFailing(this.webhook, since === undefined ? undefined : new Date(since));
  }
}
