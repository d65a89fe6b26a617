import type { Types } from 'mongoose';

/** Which rooms of a list in the order of ids: all of them without a limit. */
export interface RoomPage {
  limit?: number;
  /** Rooms after this id, in the order of ids. */
  after?: Types.ObjectId;
  name?: string;
}
