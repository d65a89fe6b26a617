import type { FastifyRequest } from 'fastify';

const V1_PATH = /^\/+v1(?:[/?]|$)/i;

/** Whether a request is for Nuvem's own API: what has no route is told by its path. */
export function isV1(request: FastifyRequest): boolean {
  return V1_PATH.test(request.routeOptions?.url ?? pathOf(request));
}

/** The path of a request as the router reads it: decoded, and without the host that a proxy's request names. */
export function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
