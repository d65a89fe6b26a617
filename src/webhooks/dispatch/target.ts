import type { Webhook } from '../schemas/webhook.schema.js';

/** A webhook as it is sent to for a moment. */
export interface Target {
  webhook: Webhook;
  /** Those to sign with, the newest first. */
  secrets: readonly string[];
  /** On the monotonic clock. */
  readAt: number;
}
