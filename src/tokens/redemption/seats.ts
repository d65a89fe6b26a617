import type { Seat, Seats } from '../../rooms/room-seats.js';

/**
 * After how long somebody who was let in is not expected any more. A client has 45 s to finish its handshake with
 * socket.io, and Licode's nodes wait 5 s for a token's redemption: whoever is not listed by then has given up.
 */
export const JOIN_LIMIT_MS = 60_000;

/**
 * How often a seat may change hands before the node has listed anybody for it: a person reloads a page some times, and
 * strangers who share a name must not fill a room beyond its limit one after another.
 */
const MAX_TAKEOVERS = 3;

/** Who is in a room, or on the way. */
export type Occupancy = Pick<Seats, 'listed' | 'taken' | 'present'>;

/**
 * What a new list of the node's says about the seats. Neither alone will do: the node does not yet know whoever
 * redeemed a token a moment ago, and nobody tells when a participant leaves. So a seat counts for its token until
 * the node lists one more of its name than before; from then on the list counts.
 *
 * @param listed the participants' names; one name may occur often
 */
export function settle(before: Occupancy, listed: string[], now: number): Occupancy {
  const arrived = new Map<string, number>();
  const add = (name: string, count: number): Map<string, number> =>
    arrived.set(name, (arrived.get(name) ?? 0) + count);
  for (const name of listed) add(name, 1);
  for (const name of before.listed) add(name, -1);
  // Oldest first: of two of one name the later is the one who may not have arrived.
  const present = [...(before.present ?? [])];
  const taken = before.taken.filter((seat) => {
    const { userName, userId, takenAt } = seat;
    if ((arrived.get(userName) ?? 0) > 0) {
      add(userName, -1);
      if (userId !== undefined) present.push(seat);
      return false;
    }
    // Either way: a clock that was set back must not keep the seats of those who never came.
    return Math.abs(now - takenAt.getTime()) <= JOIN_LIMIT_MS;
  });
  return { listed, taken, ...presentOf(stillListed(present, listed)) };
}

/** The later ones of each name, no more than are listed of it: of two of one name the earlier has left. */
function stillListed(present: Seat[], listed: readonly string[]): Seat[] {
  const left = new Map<string, number>();
  for (const name of listed) left.set(name, (left.get(name) ?? 0) + 1);
  const there = present.toReversed().filter(({ userName }) => {
    const count = left.get(userName) ?? 0;
    left.set(userName, count - 1);
    return count > 0;
  });
  return there.toReversed();
}

function presentOf(present: Seat[] | undefined): { present?: Seat[] } {
  return present && present.length > 0 ? { present } : {};
}

/** Those who are in a room, or on the way, and are the one who comes: by `userId`, otherwise by name. */
export function sameUser(
  { listed, taken, present = [] }: Occupancy,
  { userName, userId }: Pick<Seat, 'userName' | 'userId'>,
): { names: string[]; seats: Seat[] } {
  const seats = [...taken, ...present].filter((seat) =>
    userId === undefined ? seat.userName === userName : seat.userId === userId,
  );
  const names = new Set(seats.map((seat) => seat.userName));
  if (userId === undefined && listed.includes(userName)) names.add(userName);
  return { names: [...names], seats };
}

/** A room without these, whom the node was told to disconnect by name. */
export function without(
  { listed, taken, present = [] }: Occupancy,
  { names, seats }: { names: readonly string[]; seats: readonly Seat[] },
): Occupancy {
  const stays = (seat: Seat): boolean => !seats.includes(seat);
  return {
    listed: listed.filter((name) => !names.includes(name)),
    taken: taken.filter(stays),
    ...presentOf(present.filter((seat) => stays(seat) && !names.includes(seat.userName))),
  };
}

/**
 * Adds a seat. In a full room it takes the place of the only one of its name, if that was taken before this token was
 * asked for and the node has not listed it: its holder comes again, having reloaded the page. Where several are of the
 * name, nobody knows who comes again.
 *
 * @returns null when there is no seat
 */
export function addSeat(
  { listed, taken, present }: Occupancy,
  seat: Seat,
  { issuedAt, max }: { issuedAt: Date; max: number },
): Occupancy | null {
  const isFree = (others: Seat[]): boolean => listed.length + others.length < max;
  const rest = { listed, ...presentOf(present) };
  if (isFree(taken)) return { ...rest, taken: [...taken, seat] };
  if (listed.includes(seat.userName)) return null;
  const [own, ...more] = taken.filter(({ userName }) => userName === seat.userName);
  if (!own || more.length > 0 || own.takenAt >= issuedAt) return null;
  const { takeovers = 0 } = own;
  const others = taken.filter((each) => each !== own);
  if (takeovers >= MAX_TAKEOVERS || !isFree(others)) return null;
  return { ...rest, taken: [...others, { ...seat, takeovers: takeovers + 1 }] };
}
