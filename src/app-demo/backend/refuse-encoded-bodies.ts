import type { FastifyInstance } from 'fastify';
import { BackendException } from './backend.exception.js';

/** A body that may be a thousand times as large as it came is not taken; read as it is, it would seem malformed. */
export function refuseEncodedBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, _payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (['', 'identity'].includes(encoding)) return done();
    const text = 'Body must not be compressed';
    return done(new BackendException({ status: 415, code: 'UNSUPPORTED_ENCODING', text }));
  });
}
