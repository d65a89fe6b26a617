import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { AnsweredBeforeFilter } from './answered-before.filter.js';
import { IdempotencyGuard } from './idempotency.guard.js';
import { KEY_HEADER, KEY_PATTERN } from './key-header.js';

/**
 * A request with an `Idempotency-Key` is carried out once: who sends it again gets the first one's answer. What the handler
 * makes has the id that `@ResourceId()` gives, so that a retry finds what an instance has made that ended before it answered.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseGuards(IdempotencyGuard),
    UseFilters(AnsweredBeforeFilter),
    ApiHeader({
      name: KEY_HEADER,
      required: false,
      description:
        'Makes a retry safe: for 24 hours the same request with the same key is answered as the first was, with ' +
        '`Idempotent-Replayed: true`, and not carried out again',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        pattern: KEY_PATTERN,
        example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
      },
    }),
  );
