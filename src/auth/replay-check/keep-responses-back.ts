import type { FastifyInstance } from 'fastify';
import { Stream } from 'node:stream';
import type { AuthenticatedRequest } from '../authenticated-request.js';

/**
 * Lets no response of a handler that was called during the replay check leave before the check has passed: a value, a
 * stream or an error, whoever sends it. Where the check fails, its refusal is the response.
 *
 * A hook of Fastify's, since an interceptor of Nest's would cost each of these requests 16 µs of CPU, and would not see
 * what a guard throws.
 */
export function keepResponsesBack(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (received, _reply, payload, proceed) => {
    const request: Partial<AuthenticatedRequest> = received;
    const { keptBackBy } = request;
    if (!keptBackBy) return proceed();
    keptBackBy.passed().then(
      () => proceed(),
      (refusal: Error) => {
        // It comes here itself.
        request.keptBackBy = undefined;
        if (payload instanceof Stream.Readable) payload.destroy();
        proceed(refusal);
      },
    );
  });
}
