import type { StoredSettings } from './room-settings.js';
import type { Room } from './schemas/room.schema.js';

/** What Nuve's routes show of a room. */
export type RoomView = Pick<Room, '_id' | 'name'> & StoredSettings;

/** What a tenant sees of a room. */
export type RoomRecord = RoomView &
  Pick<
    Room,
    'erizoControllerId' | 'createdAt' | 'updatedAt' | 'revision' | 'changeIds' | 'life' | 'test'
  >;

/** The same, and whose it is. */
export type OwnedRoom = RoomRecord & Pick<Room, 'service'>;

/** What a token and its node are made from. */
export type RoomForToken = RoomView & Pick<Room, 'service' | 'erizoControllerId' | 'test' | 'life'>;

/** What the sessions of its participants are made from. */
export type RoomForSessions = Pick<
  Room,
  '_id' | 'service' | 'erizoControllerId' | 'p2p' | 'createdAt'
> & { life?: { closedAt?: Date } };

/** What decides whether a token of the room may be redeemed. */
export type RoomForRedemption = Pick<
  Room,
  | '_id'
  | 'service'
  | 'maxParticipants'
  | 'duplicateUser'
  | 'seats'
  | 'erizoControllerId'
  | 'revision'
  | 'life'
>;
