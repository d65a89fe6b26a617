import type { FastifyInstance } from 'fastify';
import { ApiException } from '../common/errors/api.exception.js';
import { isV1, pathOf } from '../common/v1/is-v1.js';

/** Answers a method that a path of /v1 does not have with those that it has, rather than as if there were no such path. */
export function refuseOtherMethods(fastify: FastifyInstance): void {
  const methods = new Map<string, { pattern: RegExp; allow: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (!url.startsWith('/v1/')) return;
    const path = methods.get(url) ?? { pattern: patternOf(url), allow: new Set<string>() };
    for (const name of [method].flat()) path.allow.add(name);
    methods.set(url, path);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404 || !isV1(request)) return done();
    const path = pathOf(request);
    const known = [...methods.values()].filter(({ pattern }) => pattern.test(path));
    const allow = [...new Set(known.flatMap((each) => [...each.allow]))].sort();
    return done(allow.length > 0 ? new ApiException('METHOD_NOT_ALLOWED', { allow }) : undefined);
  });
}

/** As the router takes paths: in any case, with slashes doubled or at the end. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').filter((part) => part !== '');
  return new RegExp(
    `^/+${parts.map((part) => (part.startsWith(':') ? '[^/]+' : part)).join('/+')}/*$`,
    'i',
  );
}
