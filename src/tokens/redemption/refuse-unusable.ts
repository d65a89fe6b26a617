import { ApiException } from '../../common/errors/api.exception.js';
import type { Token } from '../schemas/token.schema.js';
import { endOf } from '../token-life.js';

/** For so long a node that has redeemed a token may ask again, by the database's clock. */
export const ASK_AGAIN_MS = 10_000;

/**
 * Refuses a token for what its document says.
 *
 * @param node who asks: the one that has redeemed it may ask again
 * @throws TOKEN_REVOKED, TOKEN_USED, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID
 */
export function refuseUnusable(token: Token, node: string, now: number): void {
  const { revoked, redeemed, notBefore } = token;
  if (revoked) throw new ApiException('TOKEN_REVOKED');
  if (redeemed) {
    if (redeemed.by === node && now - redeemed.at.getTime() < ASK_AGAIN_MS) return;
    throw new ApiException('TOKEN_USED');
  }
  if (endOf(token).getTime() <= now) throw new ApiException('TOKEN_EXPIRED');
  if (notBefore && notBefore.getTime() > now) {
    const extensions = { notBefore: notBefore.toISOString() };
    throw new ApiException('TOKEN_NOT_YET_VALID', { extensions });
  }
}
