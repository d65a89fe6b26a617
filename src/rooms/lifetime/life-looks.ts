import { lookInterval, MIN_EMPTY_MS } from './life-plan.js';
import { occupied } from './life-changes.js';
import { without, type CloseReason, type RoomLife } from './room-life.js';

/** What a node says of a room; nothing where it does not respond. */
export type Look = 'occupied' | 'empty' | 'silent';

/** Two answers that are further apart tell nothing of the time between them: nobody was watching. */
const MAX_GAP_MS = 150_000;

/**
 * What a look at a room makes of its life. The time that counts is the one between two answers in a row that nobody is
 * there, so that a node which is silent stops the clock.
 *
 * @param at when the node was asked
 * @returns the life, and why the room is to be closed, if it is
 */
export function seen(
  life: RoomLife,
  look: Look,
  at: number,
): { life: RoomLife; over?: CloseReason } {
  if (look === 'occupied') return { life: withNextLook(occupied(life, at), at) };
  if (look === 'silent') {
    const rest = without(life, 'emptyAt');
    return { life: withNextLook({ ...rest, revision: life.revision + 1 }, at) };
  }
  const rest = without(life, 'occupied');
  const gap = life.emptyAt ? at - life.emptyAt.getTime() : 0;
  const counted = gap > 0 && gap <= MAX_GAP_MS ? gap : 0;
  const next: RoomLife = {
    ...rest,
    emptyAt: new Date(at),
    emptyForMs: (life.emptyForMs ?? 0) + counted,
    revision: life.revision + 1,
  };
  return { life: withNextLook(next, at), over: whyOver(next, at) };
}

function whyOver(life: RoomLife, at: number): CloseReason | undefined {
  const { emptyForMs = 0 } = life;
  if (emptyForMs < MIN_EMPTY_MS) return undefined;
  if (life.closing) return life.closing;
  if (life.firstJoinAt) {
    const { departureTimeoutSeconds = Infinity } = life;
    return emptyForMs >= departureTimeoutSeconds * 1000 ? 'departed' : undefined;
  }
  const { openedAt, emptyTimeoutSeconds = Infinity } = life;
  const isOver = openedAt && at >= openedAt.getTime() + emptyTimeoutSeconds * 1000;
  return isOver ? 'empty' : undefined;
}

function withNextLook(life: RoomLife, at: number): RoomLife {
  const rest = without(life, 'lookAt');
  const next = nextLook(life, at);
  return next === undefined ? rest : { ...rest, lookAt: new Date(next) };
}

function nextLook(life: RoomLife, at: number): number | undefined {
  const { closing, openedAt, firstJoinAt, emptyForMs = 0 } = life;
  if (closing) return at + MIN_EMPTY_MS;
  if (firstJoinAt) {
    if (life.departureTimeoutSeconds === undefined) return undefined;
    const left = life.departureTimeoutSeconds * 1000 - emptyForMs;
    return at + Math.min(lookInterval(life), Math.max(left, MIN_EMPTY_MS));
  }
  if (!openedAt || life.emptyTimeoutSeconds === undefined) return undefined;
  const end = openedAt.getTime() + life.emptyTimeoutSeconds * 1000;
  return Math.max(at + MIN_EMPTY_MS, end - MIN_EMPTY_MS);
}
