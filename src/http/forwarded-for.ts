import type { FastifyInstance } from 'fastify';

/** An IPv6 address in brackets or an IPv4 address, and the port that it may come with. */
const ADDRESS_AND_PORT = /^(?:\[([^\]]+)\]|(\d[\d.]*))(?::\d+)?$/;

/**
 * Takes the ports out of `X-Forwarded-For`, before anything asks for a request's address. Some proxies write
 * `203.0.113.7:51234`: each connection of a client would be an address of its own, and a trusted proxy an unknown one.
 */
export function dropForwardedPorts(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const header = headers['x-forwarded-for'];
    if (typeof header === 'string') headers['x-forwarded-for'] = withoutPorts(header);
    done();
  });
}

export function withoutPorts(header: string): string {
  return header
    .split(',')
    .map((part) => {
      const text = part.trim();
      const [, v6, v4] = ADDRESS_AND_PORT.exec(text) ?? [];
      return v6 ?? v4 ?? text;
    })
    .join(', ');
}
