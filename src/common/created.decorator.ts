import {
  applyDecorators,
  HttpCode,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { publicPathOf } from './public-path.js';
import { Versioned } from './conditional/versioned.js';

interface Identified {
  id: string;
}

/**
 * Answers 201, with a `Location` of what was made.
 *
 * @param type of the body, which has its `id`
 * @param path below which it is
 */
export const Created = (type: Type<Identified>, path: string): MethodDecorator =>
  applyDecorators(
    HttpCode(201),
    UseInterceptors(new LocationInterceptor(path)),
    ApiCreatedResponse({ type }),
  );

class LocationInterceptor implements NestInterceptor<Identified | Versioned<Identified>> {
  constructor(private readonly path: string) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler<Identified | Versioned<Identified>>,
  ): Observable<Identified | Versioned<Identified>> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((result) => {
        const { id } = result instanceof Versioned ? result.body : result;
        void reply.header('location', `${publicPathOf(reply)}${this.path}/${id}`);
      }),
    );
  }
}
