import type { Webhook } from './schemas/webhook.schema.js';

/** A webhook without its secrets. */
export type WebhookView = Omit<
  Webhook,
  'slot' | 'sealedSecret' | 'previousSecrets' | 'outbox' | 'changedAt' | 'changes'
>;

/** What its service says of a webhook. */
export type WebhookSettings = Pick<Webhook, 'url' | 'types' | 'rooms' | 'description' | 'enabled'>;

/** What is changed of it; null takes something away. */
export interface WebhookChanges {
  url?: string;
  types?: string[];
  rooms?: Webhook['rooms'] | null;
  description?: string | null;
  enabled?: boolean;
}
