import type { Schema } from 'mongoose';
import type { OutboxEntry } from './outbox-entry.js';

/** The most that a document keeps for the relay: it is refused to change faster than its events leave. */
const MAX_ENTRIES = 100;

/** In the filter of an update that adds to the outbox and may come often: a full one matches nothing. */
export const OUTBOX_HAS_ROOM = { [`outbox.${MAX_ENTRIES - 1}`]: { $exists: false } } as const;

/** Whether that filter would not match. */
export function isOutboxFull({ outbox = [] }: { outbox?: OutboxEntry[] }): boolean {
  return outbox.length >= MAX_ENTRIES;
}

/** The index by which the relay finds documents that hold events: it is as small as what is on its way. */
export function indexOutbox(schema: Schema): void {
  schema.index({ 'outbox.at': 1 }, { partialFilterExpression: { outbox: { $exists: true } } });
}

/** For an insert: the field, or none. */
export function outboxOf(entries: OutboxEntry[]): { outbox?: OutboxEntry[] } {
  return entries.length > 0 ? { outbox: entries } : {};
}

/** For an update of operators: the `$push`, or nothing. */
export function pushing(entries: OutboxEntry[]): {
  $push?: { outbox: { $each: OutboxEntry[] } };
} {
  return entries.length > 0 ? { $push: { outbox: { $each: entries } } } : {};
}

/** For the `$set` of a pipeline: the field, or none. */
export function appended(entries: OutboxEntry[]): { outbox?: object } {
  if (entries.length === 0) return {};
  return { outbox: { $concatArrays: [{ $ifNull: ['$outbox', []] }, { $literal: entries }] } };
}
