import type { FastifyRequest } from 'fastify';

const V1_PATH = /^\/+v1(?:[/?]|$)/i;

/** Whether a request is for Nuvem's own API: what has no route is told by its path. */
export function isV1({ routeOptions, url }: FastifyRequest): boolean {
  return V1_PATH.test(routeOptions?.url ?? url);
}
