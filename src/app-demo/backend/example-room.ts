import { isRecord } from '@nuvem/client';

/** The room of whoever names none; never cleaned up. */
export const DEFAULT_ROOM = 'basicExampleRoom';

export interface ExampleRoom {
  _id: string;
  name: string;
  p2p: boolean;
  /** Made by this backend, and so its to use and to delete. */
  isOurs: boolean;
}

export function readRooms(answer: unknown): ExampleRoom[] {
  if (!Array.isArray(answer)) return [];
  return answer.filter(isRecord).map(readRoom);
}

export function readRoom(room: Record<string, unknown>): ExampleRoom {
  return {
    // Nuve's routes and /v1 name it each in their way.
    _id: String(room._id ?? room.id),
    name: String(room.name),
    p2p: room.p2p === true,
    isOurs: isRecord(room.data) && Boolean(room.data.basicExampleRoom),
  };
}
