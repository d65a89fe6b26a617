import { ApiException } from '../../common/errors/api.exception.js';
import type { Living } from './room-life.js';

/** When a room's time is over, as far as that is known; by the database's clock. */
export function endOf({ life }: Living): Date | undefined {
  if (!life) return undefined;
  const { endsAt, firstJoinAt, maxDurationSeconds } = life;
  if (!firstJoinAt || maxDurationSeconds === undefined) return endsAt;
  const longest = new Date(firstJoinAt.getTime() + maxDurationSeconds * 1000);
  return endsAt && endsAt < longest ? endsAt : longest;
}

/**
 * Refuses whoever wants in when a room is not open.
 *
 * @param now by the database's clock
 * @throws ROOM_ENDED, ROOM_NOT_OPEN
 */
export function checkOpen(room: Living, now: number): void {
  const { life } = room;
  if (!life) return;
  const end = endOf(room);
  if (life.closedAt || life.closing || (end && end.getTime() <= now)) {
    throw new ApiException('ROOM_ENDED');
  }
  if (life.notBefore && life.notBefore.getTime() > now) {
    const opensAt = life.notBefore.toISOString();
    throw new ApiException('ROOM_NOT_OPEN', { extensions: { opensAt } });
  }
}
