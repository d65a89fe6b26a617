import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendError, type ErrorOptions } from './send-error.js';

/** The one place where a thrown error becomes a response. */
@Catch()
export class AllExceptionsFilter implements ExceptionFilter {
  constructor(private readonly options: ErrorOptions = {}) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    sendError(thrown, request, reply, this.options);
  }
}
