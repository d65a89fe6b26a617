import type { Types } from 'mongoose';

/** That somebody came into a room, as its node tells. */
export interface ToldArrival {
  room: Types.ObjectId;
  participantId: string;
  userName: string;
  tokenId?: Types.ObjectId;
  /** Now where it is left out. */
  joinedAt?: Date;
}

/** That somebody went. */
export interface ToldDeparture {
  room: Types.ObjectId;
  participantId: string;
  reason?: 'left' | 'removed' | 'timeout';
  /** Now where it is left out. */
  leftAt?: Date;
}
