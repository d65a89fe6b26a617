import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { etagOf, parseTagList } from './entity-tags.js';
import { Versioned } from './versioned.js';

/** Sends a versioned body with its ETag, or 304 without it to a GET of who has it. */
export class ETagInterceptor implements NestInterceptor<unknown, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    return next.handle().pipe(
      map((result) => {
        if (!(result instanceof Versioned)) return result;
        const etag = etagOf(result.revision);
        void reply.header('etag', etag);
        if (!isKnown(request, etag)) return result.body as unknown;
        void reply.status(304);
        return undefined;
      }),
    );
  }
}

/** By the weak comparison: proxies that compress make a strong tag weak. */
function isKnown({ method, headers }: FastifyRequest, etag: string): boolean {
  const header = headers['if-none-match'];
  if (header === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  const list = parseTagList(header);
  return list !== undefined && (list.isAny || [...list.strong, ...list.weak].includes(etag));
}
