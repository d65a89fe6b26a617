import type { Types } from 'mongoose';

/** Told of a room and whose it is, as when it is closed or deleted. */
export type RoomListener = (service: Types.ObjectId, room: Types.ObjectId) => Promise<void>;
