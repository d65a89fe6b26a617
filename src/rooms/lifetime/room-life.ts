import type { AfterEnd, AtEnd, RoomDefaults } from '../../services/room-defaults.js';

export const CLOSE_REASONS = ['request', 'ended', 'empty', 'departed', 'max_duration'] as const;

/** Why a room was closed. */
export type CloseReason = (typeof CLOSE_REASONS)[number];

export const ROOM_STATUSES = ['scheduled', 'open', 'active', 'closing', 'closed'] as const;

export type RoomStatus = (typeof ROOM_STATUSES)[number];

/** What a tenant may set on a room of how long it lives, in the order in which it is shown. */
export const LIFETIME_SETTINGS = [
  'notBefore',
  'endsAt',
  'emptyTimeoutSeconds',
  'departureTimeoutSeconds',
  'maxDurationSeconds',
  'atEnd',
  'afterEnd',
] as const;

type LifetimeSetting = (typeof LIFETIME_SETTINGS)[number];

/** The same as a request has it: null clears, what is absent stays. */
export interface LifetimeInput {
  notBefore?: string | null;
  endsAt?: string | null;
  emptyTimeoutSeconds?: number | null;
  departureTimeoutSeconds?: number | null;
  maxDurationSeconds?: number | null;
  atEnd?: AtEnd | null;
  afterEnd?: AfterEnd | null;
}

/**
 * The life of a room, by the database's clock: what its tenant set, and what came of it. A room without any setting has
 * none, unless it was closed.
 */
export interface RoomLife extends RoomDefaults {
  /** Counts its changes: each is written only over the one that it was worked out from. */
  revision: number;
  notBefore?: Date;
  endsAt?: Date;
  /** Absent until its time has come. */
  openedAt?: Date;
  /** When somebody was let in, or seen there, for the first time. */
  firstJoinAt?: Date;
  /** Whether somebody was let in since the node said that nobody is there. */
  occupied?: true;
  /** When the node said so last; absent where it said anything else since, or nothing. */
  emptyAt?: Date;
  /** For how long it is known to be empty. */
  emptyForMs?: number;
  /** When the node is asked next. */
  lookAt?: Date;
  /** When the next warning of its end is due. */
  warnAt?: Date;
  /** Why nobody else is let in while those who are in it may stay. */
  closing?: CloseReason;
  closedAt?: Date;
  closeReason?: CloseReason;
  /** When the call of the closed room is ended next, if nobody has: at once, and once more for those who were on their way. */
  callEndAt?: Date;
}

/** Whatever has a life. */
export interface Living {
  life?: RoomLife;
}

export function hasSettings(life: RoomLife): boolean {
  return LIFETIME_SETTINGS.some((setting) => life[setting] !== undefined);
}

type Passing = 'emptyAt' | 'emptyForMs' | 'occupied' | 'lookAt' | 'warnAt';

/** The same life without what no longer holds. */
export function without(life: RoomLife, ...fields: Passing[]): RoomLife {
  const rest = { ...life };
  for (const field of fields) delete rest[field];
  return rest;
}

/** What its tenant set alone. */
export function settingsIn(life: RoomLife): Pick<RoomLife, LifetimeSetting> {
  const set = LIFETIME_SETTINGS.filter((setting) => life[setting] !== undefined);
  return Object.fromEntries(set.map((setting) => [setting, life[setting]]));
}

/** What a request says of it; undefined for nothing. */
export function lifetimeIn(input: LifetimeInput): LifetimeInput | undefined {
  const given = LIFETIME_SETTINGS.filter((setting) => input[setting] !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map((setting) => [setting, input[setting]]));
}

export function statusOf({ life }: Living): RoomStatus {
  if (!life) return 'open';
  if (life.closedAt) return 'closed';
  if (life.closing) return 'closing';
  if (!life.openedAt) return 'scheduled';
  return life.occupied ? 'active' : 'open';
}
