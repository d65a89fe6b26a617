import type { FastifyInstance } from 'fastify';
import { parse } from 'qs';
import { ApiException } from '../common/errors/api.exception.js';
import { isV1 } from '../common/v1/is-v1.js';
import { MalformedBody } from '../http/malformed-body.js';
import { ENCODED_BODY, isEncoded } from '../http/body-parsers.js';

/** The fields and the depth that a form may have: `options[data][key]=value` is three deep. */
const FORM_LIMITS = { depth: 8, parameterLimit: 200, allowPrototypes: false, strictDepth: true };

const NO_FORM = new MalformedBody(
  new ApiException('UNSUPPORTED_MEDIA_TYPE', {
    detail: 'Body must be JSON: send Content-Type: application/json',
  }),
);

/** Takes what Licode's clients send besides JSON: nested forms, and requests without a body that name some type. */
export function addNuveBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => {
      if (isEncoded(request)) return done(null, ENCODED_BODY);
      // A form is what any page may send to any server.
      if (isV1(request)) return done(null, NO_FORM);
      try {
        done(null, parse(body, FORM_LIMITS));
      } catch (error) {
        done(null, new MalformedBody(Object.assign(error as Error, { statusCode: 400 })));
      }
    },
  );
  // Without a body to parse, a type that is none must not matter: Licode's Python client sends a DELETE as JSON.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const length = headers['content-length'];
    if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) {
      delete headers['content-type'];
    }
    done();
  });
}
