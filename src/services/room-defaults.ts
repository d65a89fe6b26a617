/** What becomes of those who are in a room when its time is over. */
export const AT_END = ['kick', 'when_empty'] as const;

export type AtEnd = (typeof AT_END)[number];

/** What becomes of a room whose time is over. */
export const AFTER_END = ['close', 'delete'] as const;

export type AfterEnd = (typeof AFTER_END)[number];

/** A year. */
export const MAX_LIFETIME_SECONDS = 31_536_000;

/** What a tenant's new rooms have where their creation says nothing of it. */
export interface RoomDefaults {
  emptyTimeoutSeconds?: number;
  departureTimeoutSeconds?: number;
  maxDurationSeconds?: number;
  atEnd?: AtEnd;
  afterEnd?: AfterEnd;
}
