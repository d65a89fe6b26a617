import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { etagOf } from './entity-tags.js';
import { ETagInterceptor } from './etag.interceptor.js';

const interceptor = new ETagInterceptor();

/** For handlers that return a `Versioned` body: it is sent with its ETag. */
export const ETagged = (): MethodDecorator => applyDecorators(UseInterceptors(interceptor));

/** The same for what is read: who has it already is answered 304. */
export const ConditionalGet = (): MethodDecorator =>
  applyDecorators(
    ETagged(),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of what was read before: while nothing has changed, the answer is 304',
      schema: { type: 'string', example: etagOf(3) },
    }),
    ApiResponse({ status: 304, description: 'Not changed since it was read' }),
  );
