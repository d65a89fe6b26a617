import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ApiError } from '@nuvem/client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { BackendException, type Failure } from './backend.exception.js';

/** Licode's example answers every failure of a token request so; its page knows no other. */
const TOKEN_FAILURE = { status: 401, text: 'No Erizo Controller found' };

const INTERNAL: Failure = { status: 500, code: 'INTERNAL_ERROR', text: 'Internal error' };

const NOT_FOUND: Failure = { status: 404, code: 'RESOURCE_NOT_FOUND', text: 'Resource not found' };

const BY_STATUS: Partial<Record<number, Failure>> = {
  400: { status: 400, code: 'MALFORMED_BODY', text: 'Malformed request body' },
  404: NOT_FOUND,
  413: { status: 413, code: 'PAYLOAD_TOO_LARGE', text: 'Request body is too large' },
  // A part of the path that is longer than any id.
  414: NOT_FOUND,
  415: { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', text: 'Body must be JSON or form-encoded' },
};

const MALFORMED_URL: Failure = { status: 400, code: 'MALFORMED_URL', text: 'Malformed URL' };

/** Turns what the API refused into a response for a browser, which learns a code and no more. */
@Catch()
export class BackendFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendFailure(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Fastify itself calls this for what no route gets to see, as a URL that cannot be decoded. */
export function sendFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const asksJson = request.headers.accept?.includes('json') === true;
  if (thrown instanceof ApiError && /^\/createtoken/i.test(request.url)) {
    const { status, text } = TOKEN_FAILURE;
    send(reply, status, asksJson ? { status, code: thrown.code } : text);
    return;
  }
  const failure = thrown instanceof ApiError ? ofApi(thrown) : ofOwn(thrown);
  const { status, code, text } = failure;
  if (status >= 500) request.log.error({ err: thrown, code }, text);
  void reply.header('x-error-code', code);
  send(reply, status, asksJson ? problemOf(failure) : text);
}

function ofApi({ status }: ApiError): Failure {
  if (status === 404) return { status, code: 'ROOM_NOT_FOUND', text: 'Room does not exist' };
  const text = 'Erizo Controller does not respond';
  return { status: 503, code: 'ERIZO_CONTROLLER_UNAVAILABLE', text };
}

/** Nest's own exceptions and Fastify's errors say their status in two ways. */
function ofOwn(thrown: unknown): Failure {
  if (thrown instanceof BackendException) return thrown.failure;
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'FST_ERR_BAD_URL') {
    return MALFORMED_URL;
  }
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusCodeOf(thrown);
  return BY_STATUS[status] ?? INTERNAL;
}

function statusCodeOf(thrown: unknown): number {
  return thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
}

/** RFC 9457, as the API itself has it. */
function problemOf({ status, code, text, errors }: Failure): object {
  const type = `urn:nuvem:error:${code}`;
  return { type, title: STATUS_CODES[status], status, detail: text, code, errors };
}

function send(reply: FastifyReply, status: number, body: string | object): void {
  if (typeof body === 'string') {
    void reply.status(status).type('text/plain; charset=utf-8').send(body);
  } else {
    void reply.status(status).type('application/problem+json').send(JSON.stringify(body));
  }
}
