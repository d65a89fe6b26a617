import type { ErizoController } from '../erizo-controller.js';
import type { Participant } from './participant.js';

/**
 * A way of calling nodes. Every method settles within about 3 s, and fails with
 * `ApiException('NODE_UNAVAILABLE')` when the node gave no usable response.
 */
export interface NodeTransport {
  /** @returns nobody for a room that the node does not hold */
  getUsersInRoom(node: ErizoController, roomId: string): Promise<Participant[]>;

  /** Ends the room's call; a room that the node does not hold is no error. */
  deleteRoom(node: ErizoController, roomId: string): Promise<void>;

  /** @returns false when the room has no such user */
  deleteUser(node: ErizoController, roomId: string, user: string): Promise<boolean>;
}
