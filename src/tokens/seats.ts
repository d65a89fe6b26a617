import type { Seat } from '../rooms/schemas/room.schema.js';

/** How long after its token was redeemed a participant may take to appear on the node. */
const JOIN_GRACE_MS = 10_000;

export interface Occupancy {
  /** The seats still to be remembered. */
  seats: Seat[];
  /** Participants in the room, and those on their way. */
  count: number;
}

/**
 * Compares the seats given out with who the node says is in the room. Neither alone will do: the node does
 * not yet know whoever redeemed a token a moment ago, and nobody tells when a participant leaves.
 *
 * @param users the participants' names; one name may occur often
 */
export function occupancyOf(taken: Seat[], users: string[], now: number): Occupancy {
  const present = new Map<string, number>();
  for (const name of users) present.set(name, (present.get(name) ?? 0) + 1);
  let onTheirWay = 0;
  // Oldest first: of two of one name the later is the one who may not have arrived.
  const seats = taken.filter(({ userName, takenAt }) => {
    const left = present.get(userName) ?? 0;
    if (left > 0) {
      present.set(userName, left - 1);
      return true;
    }
    if (now - takenAt.getTime() > JOIN_GRACE_MS) return false;
    onTheirWay++;
    return true;
  });
  return { seats, count: users.length + onTheirWay };
}
