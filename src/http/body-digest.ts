import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

/** A request whose body may have been digested. */
export interface DigestedRequest extends FastifyRequest {
  /** SHA-256 of the body as it came; absent where there is none. */
  bodyDigest?: Buffer;
}

/**
 * Digests the bodies of requests that are signed by RFC 9421 or have an Idempotency-Key, while they are read; others pay
 * nothing.
 */
export function digestBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request: DigestedRequest, _reply, payload, done) => {
    const { headers } = request;
    if ((headers['signature-input'] ?? headers['idempotency-key']) !== undefined) {
      const hash = createHash('sha256');
      let isEmpty = true;
      payload.on('data', (chunk: Buffer) => {
        isEmpty = false;
        hash.update(chunk);
      });
      // Heard before the parser hears of it, which is there later.
      payload.on('end', () => {
        if (!isEmpty) request.bodyDigest = hash.digest();
      });
    }
    done(null, payload);
  });
}
