import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { MAUTH_CHALLENGE } from '@nuvem/client';
import type { ApiException } from './api.exception.js';
import { toApiException } from './to-api-exception.js';

/** RFC 9457, with the catalogue's code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; message: string }[];
}

export function problemOf(error: ApiException): Problem {
  const status = error.getStatus();
  return {
    type: `urn:nuvem:error:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.detail ?? error.message,
    code: error.code,
    ...(error.errors && { errors: error.errors }),
  };
}

/** What a client gets that does not ask for a problem. */
export interface ErrorBody {
  /** Value of its `content-type`. */
  type: string;
  text: string;
}

export function messageBody(error: ApiException): ErrorBody {
  return { type: 'text/plain; charset=utf-8', text: error.message };
}

/** Only a client that names JSON gets JSON; whoever sends none or a wildcard reads text. */
function wantsProblem(accept: string | undefined): boolean {
  return accept !== undefined && /application\/(problem\+)?json/i.test(accept);
}

/**
 * Writes the one response there is for an error, and logs it once when it is the server's.
 *
 * @param bodyOf the body for clients that do not ask for a problem
 */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  bodyOf = messageBody,
): void {
  const error = toApiException(thrown);
  const status = error.getStatus();
  if (status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code }, error.message);
  if (reply.sent) return;
  reply.status(status).header('x-error-code', error.code);
  // An error that was kept back may have set it for another.
  if (error.retryAfterSeconds === undefined) reply.removeHeader('retry-after');
  else reply.header('retry-after', error.retryAfterSeconds);
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', MAUTH_CHALLENGE);
  if (wantsProblem(request.headers.accept)) {
    reply.type('application/problem+json').send(JSON.stringify(problemOf(error)));
  } else {
    const { type, text } = bodyOf(error);
    reply.type(type).send(text);
  }
}
