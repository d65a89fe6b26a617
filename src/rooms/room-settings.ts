import type { RoomData } from './room-data.js';

/** What may be set on a room besides its name: null clears, what is absent stays. */
export interface RoomSettings {
  p2p?: boolean;
  data?: RoomData | null;
  mediaConfiguration?: string;
  maxParticipants?: number | null;
}

export interface NewRoom extends RoomSettings {
  name: string;
  /** Whether the latest room of that name will do, if there is one. */
  getOrCreate?: boolean;
  /** Whether the service's one test room is meant. */
  test?: boolean;
}
