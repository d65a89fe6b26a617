import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { ACCEPT_SIGNATURE, MAUTH_CHALLENGE } from '@nuvem/client';
import { isV1 } from '../v1/is-v1.js';
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
  [extension: string]: unknown;
}

/** Where the errors are explained, as this server serves docs/reference/errors.md. */
const ERRORS_PAGE = '/docs/errors';

const BASIC_CHALLENGE = 'Basic realm="nuvem", charset="UTF-8"';

/** @param publicUrl of the API, before the path of the page that explains the error */
export function problemOf(error: ApiException, publicUrl = ''): Problem {
  const status = error.getStatus();
  return {
    type: `${publicUrl}${ERRORS_PAGE}#${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.detail ?? error.message,
    code: error.code,
    ...(error.errors && { errors: error.errors }),
    ...error.extensions,
  };
}

/** What a client gets that does not ask for a problem. */
interface ErrorBody {
  /** Value of its `content-type`. */
  type: string;
  text: string;
}

/** How errors are answered outside /v1. */
export interface ErrorFace {
  /** The error by the name that it has there. */
  errorOf(error: ApiException): ApiException;
  /** The body for clients that do not ask for a problem. */
  bodyOf(error: ApiException): ErrorBody;
}

const PLAIN: ErrorFace = {
  errorOf: (error) => error,
  bodyOf: ({ message }) => ({ type: 'text/plain; charset=utf-8', text: message }),
};

export interface ErrorOptions {
  face?: ErrorFace;
  /** The API as its clients reach it, where that is known. */
  publicUrl?: string;
}

/** Only a client that names JSON gets JSON; whoever sends none or a wildcard reads text. */
function wantsProblem(accept: string | undefined): boolean {
  return accept !== undefined && /application\/(problem\+)?json/i.test(accept);
}

/** Writes the one response there is for an error, and logs it once when it is the server's. */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { face = PLAIN, publicUrl }: ErrorOptions = {},
): void {
  const ofV1 = isV1(request);
  const error = ofV1 ? toApiException(thrown) : face.errorOf(toApiException(thrown));
  const status = error.getStatus();
  // That there is no node is no fault, and has no other cause.
  if (error.code === 'NO_NODE_AVAILABLE') request.log.warn({ req: request }, error.message);
  else if (status >= 500)
    request.log.error({ req: request, err: error.cause ?? error, code: error.code }, error.message);
  if (reply.sent) return;
  reply.status(status).header('x-error-code', error.code);
  // An error that was kept back may have set it for another.
  if (error.retryAfterSeconds === undefined) reply.removeHeader('retry-after');
  else reply.header('retry-after', error.retryAfterSeconds);
  if (error.allow) reply.header('allow', error.allow.join(', '));
  if (status === 401 && ofV1) {
    reply.header('www-authenticate', [BASIC_CHALLENGE, MAUTH_CHALLENGE]);
    reply.header('accept-signature', ACCEPT_SIGNATURE);
  } else if (error.code === 'UNAUTHENTICATED') {
    reply.header('www-authenticate', MAUTH_CHALLENGE);
  }
  if (ofV1 || wantsProblem(request.headers.accept)) {
    // As bytes: Fastify writes a charset beside the type of a text.
    const body = Buffer.from(JSON.stringify(problemOf(error, publicUrl)));
    reply.header('content-type', 'application/problem+json').send(body);
  } else {
    const { type, text } = face.bodyOf(error);
    reply.type(type).send(text);
  }
}
