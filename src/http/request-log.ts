import type { FastifyInstance } from 'fastify';

/** One line a refused request at `info`; the others, which are most, at `debug`. 5xx are logged where the response is made. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 400 && reply.statusCode < 500 ? 'info' : 'debug';
    request.log[level](
      { req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
    done();
  });
}
