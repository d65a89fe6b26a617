import { endOf } from './open-hours.js';
import type { RoomLife } from './room-life.js';

/** Two answers that nobody is there are at least so far apart before a room is taken as empty. */
export const MIN_EMPTY_MS = 10_000;

/** The longest between two looks at a room that may be left. */
const MAX_LOOK_MS = 60_000;

/** So long before its end a room's tenant is told. */
const WARNINGS_MS = [600_000, 60_000];

const LONG_AGO = new Date(0);

/** When something is to be done for a room; undefined for never. */
export function dueOf(life: RoomLife): Date | undefined {
  if (life.closedAt) return life.callEndAt;
  if (life.closing) return life.lookAt;
  const opening = life.openedAt ? undefined : (life.notBefore ?? LONG_AGO);
  const ofOpen = life.openedAt ? [life.warnAt, life.lookAt] : [];
  const times = [opening, endOf({ life }), ...ofOpen];
  return times.reduce((first, time) => (time && !(first && first <= time) ? time : first));
}

/** The first warning that lies ahead. */
export function warningAfter(now: number, life: RoomLife): Date | undefined {
  const end = endOf({ life })?.getTime();
  if (end === undefined) return undefined;
  const next = WARNINGS_MS.map((ms) => end - ms).find((time) => time > now);
  return next === undefined ? undefined : new Date(next);
}

/** When the node is asked for the first time after a change. */
export function firstLook(now: number, life: RoomLife): Date | undefined {
  if (life.closing) return new Date(now);
  if (!life.openedAt) return undefined;
  const { firstJoinAt, openedAt, emptyTimeoutSeconds, departureTimeoutSeconds } = life;
  if (firstJoinAt) {
    return departureTimeoutSeconds === undefined ? undefined : new Date(now + lookInterval(life));
  }
  if (emptyTimeoutSeconds === undefined) return undefined;
  const latest = openedAt.getTime() + emptyTimeoutSeconds * 1000 - MIN_EMPTY_MS;
  return new Date(Math.max(now, latest));
}

/** How often the node is asked who is there, in ms. */
export function lookInterval({ closing, firstJoinAt, departureTimeoutSeconds }: RoomLife): number {
  if (closing || !firstJoinAt || departureTimeoutSeconds === undefined) return MIN_EMPTY_MS;
  return Math.min(Math.max(departureTimeoutSeconds * 250, MIN_EMPTY_MS), MAX_LOOK_MS);
}
