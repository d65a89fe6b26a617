import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiException } from '../common/errors/api.exception.js';
import { MalformedBody } from './malformed-body.js';

/** Stands in for a compressed body: none is taken that may be a thousand times as large as it came. */
export const ENCODED_BODY = new MalformedBody(new ApiException('UNSUPPORTED_ENCODING'));

/** Stands in for a body of a type that the route does not take. */
export const UNSUPPORTED_BODY = new MalformedBody(
  new ApiException('UNSUPPORTED_MEDIA_TYPE', {
    detail: 'Body must be JSON: send Content-Type: application/json',
  }),
);

/**
 * JSON, instead of what Fastify parses by itself. What cannot be parsed is handed on as MalformedBody and refused after
 * authentication. An empty body is none, whatever type it names.
 */
export function addBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    /^application\/(?:[\w.-]+\+)?json(?:;|$)/i,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') return done(null, undefined);
      if (isEncoded(request)) return done(null, ENCODED_BODY);
      return parseJson(request, body, (error, value) =>
        done(null, error ? new MalformedBody(error) : value),
      );
    },
  );
  fastify.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body === '' ? undefined : UNSUPPORTED_BODY);
  });
}

export function isEncoded({ headers }: FastifyRequest): boolean {
  return !['identity', '', undefined].includes(headers['content-encoding']?.trim().toLowerCase());
}
