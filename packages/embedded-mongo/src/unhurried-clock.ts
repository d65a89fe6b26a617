import { performance } from 'node:perf_hooks';

/** How long a jump forward must last before it is believed. */
const BELIEVED_AFTER_MS = 3_600_000;
/** What a clock may gain without having jumped. */
const TOLERANCE_MS = 1_000;

/**
 * A clock to remove things by: one that is set forward by mistake, and back again, has removed nothing. It follows the
 * clock on the wall, but believes a jump forward only when it has lasted for an hour.
 *
 * @returns a function that gives milliseconds since 1970
 */
export function unhurriedClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): () => number {
  let offset = wall() - monotonic();
  let jumpedAt: number | undefined;
  return () => {
    const time = monotonic();
    const seen = wall() - time;
    if (seen - offset > TOLERANCE_MS) {
      jumpedAt ??= time;
      if (time - jumpedAt < BELIEVED_AFTER_MS) return time + offset;
    }
    jumpedAt = undefined;
    offset = seen;
    return time + offset;
  };
}
