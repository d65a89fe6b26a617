import type { FastifyRequest } from 'fastify';

const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/i;

const ALL_HTTPS = /^ *https *(?:, *https *)*$/i;

/** What proxies write into requests that they hand on. */
const OF_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether nobody could read a request on its way: it came over TLS, which a proxy says that TRUST_PROXY believes or that is
 * on this machine, or it came from this machine and through no proxy.
 */
export function isConfidential(request: FastifyRequest): boolean {
  const { headers } = request;
  const protocols = headers['x-forwarded-proto'];
  // On all of its way, where several proxies have written down theirs.
  if (protocols !== undefined && !ALL_HTTPS.test(String(protocols))) return false;
  if (request.protocol === 'https') return true;
  if (!LOOPBACK.test(request.raw.socket.remoteAddress ?? '')) return false;
  if (protocols !== undefined) return true;
  return !OF_PROXIES.some((name) => headers[name] !== undefined);
}
