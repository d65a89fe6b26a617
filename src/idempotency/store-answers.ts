import type { FastifyInstance, FastifyReply } from 'fastify';
import type { KeyedRequest } from './held-key.js';
import type { StoredAnswer } from './stored-answer.js';

/** Headers that say something of the answer itself. */
const HEADERS = ['content-type', 'etag', 'location', 'x-error-code'] as const;

/** Refusals that another try may not meet with: of who asks, of the moment, or of what others have done. */
const NOT_FINAL = new Set([401, 408, 409, 429]);

/**
 * Writes the answer to a request with an `Idempotency-Key` down before it leaves. Where it is not final, or cannot be
 * written down, it leaves all the same, and the next try carries the request out, with the same id.
 *
 * A hook of Fastify's: see `keepResponsesBack`.
 */
export function storeAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (received, reply, payload, proceed) => {
    const request: Partial<KeyedRequest> = received;
    const { heldKey } = request;
    if (!heldKey) return proceed();
    // An error of a later hook comes here itself.
    request.heldKey = undefined;
    heldKey.settle(finalAnswer(reply, payload)).then(
      () => proceed(),
      (error: unknown) => {
        received.log.warn({ err: error }, 'answer not stored for its Idempotency-Key');
        proceed();
      },
    );
  });
}

function textOf(payload: unknown): string {
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.toString() : '';
}

function finalAnswer(reply: FastifyReply, payload: unknown): StoredAnswer | undefined {
  const { statusCode: status } = reply;
  if (status >= 500 || NOT_FINAL.has(status)) return undefined;
  const sent = reply.getHeaders();
  const headers = Object.fromEntries(
    HEADERS.flatMap((name) => (sent[name] === undefined ? [] : [[name, String(sent[name])]])),
  );
  return { status, headers, body: textOf(payload) };
}
