const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failure the next attempt is made. */
const DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** So that what failed at once is not sent again at once. */
const SPREAD = 0.2;

/** The longest time that a receiver may ask for. */
const MAX_ASKED_MS = 24 * HOUR;

/**
 * How long to wait before the next attempt.
 *
 * @param failures how many attempts have failed, the last among them
 * @param askedMs what the receiver has asked for, if anything
 * @returns undefined when there is none
 */
export function retryDelayMs(
  failures: number,
  askedMs = 0,
  random: () => number = Math.random,
): number | undefined {
  const delay = DELAYS_MS[failures - 1];
  if (delay === undefined) return undefined;
  const spread = delay * (1 + SPREAD * (2 * random() - 1));
  return Math.round(Math.max(spread, Math.min(askedMs, MAX_ASKED_MS)));
}

/**
 * What `Retry-After` asks for, from now.
 *
 * @returns undefined for a header that is none of RFC 9110
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
