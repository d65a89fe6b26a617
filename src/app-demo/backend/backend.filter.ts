import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiException } from '../../common/errors/api.exception.js';
import { sendError } from '../../common/errors/send-error.js';
import { ApiError } from '@nuvem/client';

/** Licode's example answers every failure of a token request so; its page knows no other. */
const TOKEN_FAILURE = { status: 401, text: 'No Erizo Controller found' };

/** Turns what the API refused into an answer for a browser, which learns a code and no more. */
@Catch()
export class BackendFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!(thrown instanceof ApiError)) {
      sendError(thrown, request, reply);
    } else if (request.url.toLowerCase().startsWith('/createtoken')) {
      const asksJson = request.headers.accept?.includes('json') === true;
      reply.status(TOKEN_FAILURE.status);
      if (asksJson) {
        const problem = { status: TOKEN_FAILURE.status, code: thrown.code };
        reply.type('application/problem+json').send(JSON.stringify(problem));
      } else reply.type('text/plain; charset=utf-8').send(TOKEN_FAILURE.text);
    } else {
      sendError(translate(thrown), request, reply);
    }
  }
}

function translate(error: ApiError): ApiException {
  if (error.status === 404) return new ApiException('ROOM_NOT_FOUND', { cause: error });
  return new ApiException('ERIZO_CONTROLLER_UNAVAILABLE', { cause: error });
}
