import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiException } from '../errors/api.exception.js';
import { etagOf, parseTagList, TAGS_PATTERN } from './entity-tags.js';

/** A tag as `etagOf` makes them. */
const REVISION = /^"(0|[1-9]\d{0,14})"$/;

/** The revisions that a change is meant for; undefined for any. */
export type ExpectedRevisions = readonly number[] | undefined;

/**
 * The revisions that `If-Match` lets a change be made to; undefined where there is no such header, or it is `*`. Weak tags
 * and those of others match none.
 */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): ExpectedRevisions =>
    expectedRevisions(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [documented],
);

/** @throws INVALID_REQUEST for a header that is no list of tags: a change that was to be guarded is not made unguarded */
export function expectedRevisions(header: string | undefined): ExpectedRevisions {
  if (header === undefined) return undefined;
  const list = parseTagList(header);
  if (!list) {
    const message = 'If-Match must be * or a list of ETags in double quotes';
    throw ApiException.ofFields(['If-Match'], message);
  }
  if (list.isAny) return undefined;
  return list.strong.filter((tag) => REVISION.test(tag)).map((tag) => Number(tag.slice(1, -1)));
}

function documented(target: object, method: string | symbol | undefined): void {
  if (method === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  if (!descriptor) return;
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'ETag of what was read: what has changed since is left alone, and answered 412',
    schema: { type: 'string', pattern: TAGS_PATTERN, example: etagOf(3) },
  })(target, method, descriptor);
}
