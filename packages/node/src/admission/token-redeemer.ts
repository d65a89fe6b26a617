import { ApiError } from '@nuvem/client';
import { WaitingLine } from '@nuvem/client/node';
import type { NodeApi, P2pNodeOptions } from '../options.js';
import { tokenString, type TokenQuery } from './handshake-query.js';
import { Refusal, type RefusalReason } from './refusal.js';
import { readTokenDocument, type TokenDocument } from './token-document.js';

/** A meeting that begins is hundreds who join in one second; the API gets so many at once. */
const MAX_CONCURRENT = 100;
/** More in line means that somebody knocks with rubbish, or that the API is stuck. */
const MAX_WAITING = 2000;

const REASON_OF_CODE: Partial<Record<string, RefusalReason>> = {
  TOKEN_SIGNATURE_INVALID: 'authentication',
  TOKEN_INVALID: 'authentication',
  INVALID_REQUEST: 'authentication',
  BANNED: 'authentication',
  DUPLICATE_USER: 'authentication',
  TOKEN_NOT_FOUND: 'notFound',
  TOKEN_NOT_YET_VALID: 'authentication',
  TOKEN_EXPIRED: 'notFound',
  TOKEN_REVOKED: 'notFound',
  TOKEN_STALE: 'notFound',
  TOKEN_USED: 'notFound',
  TOKEN_HOST_MISMATCH: 'host',
  ROOM_FULL: 'roomFull',
  ROOM_ENDED: 'roomGone',
  ROOM_NOT_FOUND: 'roomGone',
  ROOM_NOT_OPEN: 'roomGone',
};

/** Redeems tokens at the API, which alone knows the key that they are signed with. */
export class TokenRedeemer {
  private readonly line: WaitingLine;

  constructor(
    private readonly api: NodeApi,
    { joinTimeoutMs }: Pick<P2pNodeOptions, 'joinTimeoutMs'>,
  ) {
    this.line = new WaitingLine({
      inside: MAX_CONCURRENT,
      waiting: MAX_WAITING,
      waitMs: joinTimeoutMs,
    });
  }

  /**
   * @param isThere whether the client is still there when its turn comes: a token is good once
   * @throws Refusal
   */
  async redeem(query: TokenQuery, isThere: () => boolean): Promise<TokenDocument> {
    if (!(await this.line.enter())) throw new Refusal('noAnswer');
    try {
      if (!isThere()) throw new Refusal('noAnswer');
      const node = await this.api.client();
      const answer = await node.request('POST', '/v1/tokens/redeem', { token: tokenString(query) });
      const document = readTokenDocument(answer);
      if (!document) throw new Refusal('noAnswer');
      if (document.host !== query.host) throw new Refusal('host');
      return document;
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal(reasonOf(error));
    } finally {
      this.line.leave();
    }
  }
}

function reasonOf(error: unknown): RefusalReason {
  return (error instanceof ApiError && REASON_OF_CODE[error.code]) || 'noAnswer';
}
