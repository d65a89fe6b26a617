import type { Token } from './schemas/token.schema.js';

/** For so long a token that holds events is kept for the relay, however long that is away. */
const EVENTS_KEPT_MS = 24 * 3_600_000;

/** For so long others look for what was redeemed. */
const REDEEMED_KEPT_MS = 2 * 60_000;

/** Until when it can be redeemed. */
export function endOf({ validUntil, expiresAt }: Pick<Token, 'validUntil' | 'expiresAt'>): Date {
  return validUntil ?? expiresAt;
}

/** Whether it can still be redeemed, now or later. */
export function isOutstanding(token: Token, now: number): boolean {
  return !token.redeemed && !token.revoked && endOf(token).getTime() > now;
}

/**
 * The times of a token whose document must stay for longer than the token is good.
 *
 * @param keptMs from now
 */
export function kept(
  token: Pick<Token, 'validUntil' | 'expiresAt'>,
  now: number,
  keptMs: number,
): Partial<Pick<Token, 'validUntil' | 'expiresAt'>> {
  const keptUntil = now + keptMs;
  if (token.expiresAt.getTime() >= keptUntil) return {};
  return { expiresAt: new Date(keptUntil), validUntil: endOf(token) };
}

/** The same of one that holds events, which must not go before they are in the log. */
export function keptForEvents(
  token: Pick<Token, 'validUntil' | 'expiresAt'>,
  now: number,
): Partial<Pick<Token, 'validUntil' | 'expiresAt'>> {
  return kept(token, now, EVENTS_KEPT_MS);
}

/**
 * Until when a token's document is kept once its events are in the log, as an expression: as long as it is good, and for who
 * looks for what was redeemed a moment ago.
 */
export function keptOnceLogged(now: number): object {
  const latest = { $max: ['$validUntil', new Date(now + REDEEMED_KEPT_MS)] };
  return { $cond: [{ $gt: ['$validUntil', null] }, latest, '$expiresAt'] };
}
