import type { Types } from 'mongoose';

/** Why somebody is in a room no longer. */
export const SESSION_REASONS = ['left', 'removed', 'node_lost', 'room_closed', 'timeout'] as const;

export type SessionReason = (typeof SESSION_REASONS)[number];

/** Whether the node told it, or was asked who is in. */
export const SESSION_SOURCES = ['reported', 'polled'] as const;

export type SessionSource = (typeof SESSION_SOURCES)[number];

/** Somebody who has come into a room. */
export interface Arrival {
  service: Types.ObjectId;
  room: Types.ObjectId;
  node: Types.ObjectId;
  participantId?: string;
  userName: string;
  role?: string;
  tokenId?: Types.ObjectId;
  joinedAt: Date;
  /** The same whenever the same is told: who has left by then does not come in again by it. */
  toldAs?: string;
  source: SessionSource;
}

/** Of somebody of whom a node tells, its own id. */
export interface NamedByNode {
  participantId: string;
}

/** How a session ends. */
export interface Departure {
  reason: SessionReason;
  at: Date;
}
