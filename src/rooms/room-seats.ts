import type { Types } from 'mongoose';

/** Of somebody who was let in and may still be on the way. */
export interface Seat {
  /** How often it has changed hands; left out for never. */
  takeovers?: number;
  tokenId: Types.ObjectId;
  userName: string;
  /** Kept where the room asks who is in it twice. */
  userId?: string;
  takenAt: Date;
}

/** Who counts against a room's `maxParticipants`. */
export interface Seats {
  /** Counts the changes: a change is written only over the one it was worked out from. */
  revision: number;
  /** The names of those whom the node listed when it was last asked. */
  listed: string[];
  /** Seats of tokens whose holders it has not listed yet. */
  taken: Seat[];
  /** Seats of those whom it has listed and who have a `userId`: a node tells names alone. Absent for none. */
  present?: Seat[];
}
