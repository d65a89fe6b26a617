import type { Session } from '../sessions/schemas/session.schema.js';

/** How who is in a room differs from what was known of it. */
export interface Difference {
  /** Each as often as somebody of that name has come. */
  joined: string[];
  /** Of those of one name, the earliest. */
  left: Session[];
}

/** What a node lists, and the sessions that are open: names are all that the two have in common. */
export function differenceOf(listed: readonly string[], open: readonly Session[]): Difference {
  const missing = new Map<string, number>();
  for (const name of listed) missing.set(name, (missing.get(name) ?? 0) + 1);
  const left: Session[] = [];
  const latestFirst = [...open].sort((a, b) => b.joinedAt.getTime() - a.joinedAt.getTime());
  for (const session of latestFirst) {
    const count = missing.get(session.userName) ?? 0;
    if (count > 0) missing.set(session.userName, count - 1);
    else left.push(session);
  }
  const joined = [...missing].flatMap(([name, count]) => Array<string>(count).fill(name));
  return { joined, left };
}
