import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse } from 'qs';
import { ApiException } from '../common/errors/api.exception.js';
import { MalformedBody } from '../common/malformed-body.js';

/** The fields and the depth that a form may have: `options[data][key]=value` is three deep. */
const FORM_LIMITS = { depth: 8, parameterLimit: 200, allowPrototypes: false, strictDepth: true };

/** No body is taken that may be a thousand times as large as it came. */
const ENCODED = new MalformedBody(new ApiException('UNSUPPORTED_ENCODING'));

/**
 * JSON and nested forms. What cannot be parsed is handed on as MalformedBody and answered after
 * authentication. An empty body is none, whatever it says that it is: Licode's Python client sends a DELETE as JSON,
 * others as text.
 */
export function addBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    /^application\/(?:[\w.-]+\+)?json(?:;|$)/i,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') return done(null, undefined);
      if (isEncoded(request)) return done(null, ENCODED);
      return parseJson(request, body, (error, value) =>
        done(null, error ? new MalformedBody(error) : value),
      );
    },
  );
  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => {
      if (isEncoded(request)) return done(null, ENCODED);
      try {
        done(null, parse(body, FORM_LIMITS));
      } catch (error) {
        done(null, new MalformedBody(Object.assign(error as Error, { statusCode: 400 })));
      }
    },
  );
  fastify.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, body, done) => {
    const error = Object.assign(new Error('Unsupported media type'), { statusCode: 415 });
    done(null, body === '' ? undefined : new MalformedBody(error));
  });
  // Without a body to parse, a type that is none must not matter either.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const length = headers['content-length'];
    if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) {
      delete headers['content-type'];
    }
    done();
  });
}

function isEncoded({ headers }: FastifyRequest): boolean {
  return !['identity', '', undefined].includes(headers['content-encoding']?.trim().toLowerCase());
}
