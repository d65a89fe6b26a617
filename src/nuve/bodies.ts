import type { FastifyInstance } from 'fastify';
import { parse } from 'qs';
import { isV1 } from '../common/v1/is-v1.js';
import { MalformedBody } from '../http/malformed-body.js';
import { ENCODED_BODY, isEncoded, UNSUPPORTED_BODY } from '../http/body-parsers.js';

/** The fields and the depth that a form may have: `options[data][key]=value` is three deep. */
const FORM_LIMITS = { depth: 8, parameterLimit: 200, allowPrototypes: false, strictDepth: true };

/** Takes what Licode's clients send besides JSON: nested forms, and requests without a body that name some type. */
export function addNuveBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => {
      // A form is what any page may send to any server.
      if (isV1(request)) return done(null, UNSUPPORTED_BODY);
      if (isEncoded(request)) return done(null, ENCODED_BODY);
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
